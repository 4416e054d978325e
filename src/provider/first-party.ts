import type { KoaContextWithOIDC } from 'oidc-provider';
import { renewGrant } from './renew-grant.ts';

/**
 * oidc-provider's loadExistingGrant: a first-party client gets what it asks for without a consent page, because
 * the organisation that owns the data also owns the application (ASVS 10.7.1); everybody else keeps the grant
 * the person gave, if any. A new sign-in renews the session and with it the grant.
 */
export async function loadExistingGrant(ctx: KoaContextWithOIDC) {
  const { client, session, provider, result, account, requestParamOIDCScopes } = ctx.oidc;
  if (client === undefined || account === undefined || session === undefined) return undefined;
  const consent = result?.consent?.grantId;
  const grantId = consent ?? session.grantIdFor(client.clientId);
  const known = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  const signedInNow = result?.login !== undefined;
  if (client.first_party !== true) {
    if (known !== undefined && signedInNow) await renewGrant(known);
    return known;
  }

  const grant = known ?? new provider.Grant({ accountId: account.accountId, clientId: client.clientId });
  const granted = new Set(known?.getOIDCScope().split(' '));
  const wanted = [...requestParamOIDCScopes];
  if (known !== undefined && !signedInNow && wanted.every((scope) => granted.has(scope))) return known;
  grant.addOIDCScope(wanted.join(' '));
  await renewGrant(grant);
  return grant;
}
