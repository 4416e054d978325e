import type { Grant } from 'oidc-provider';

/**
 * Saves a grant with its whole life before it. oidc-provider keeps the end that a grant had when it was first
 * saved, also when offline access is added or a new sign-in renews the session, and tokens die with their grant.
 */
export function renewGrant(grant: Grant): Promise<string> {
  Reflect.deleteProperty(grant, 'exp');
  return grant.save();
}
