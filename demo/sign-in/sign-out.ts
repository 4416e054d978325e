import type { Context } from 'koa';
import { seeOther } from '../http/see-other.ts';
import type { Visitors } from '../http/visitor.ts';
import type { Troubles } from '../pages/trouble.ts';
import type { RelyingParty } from '../relying-party.ts';

/** Ends the session here; the provider still knows the person, so the next sign-in asks nothing. */
export function createLocalSignOut(visitors: Visitors) {
  return async (ctx: Context): Promise<void> => {
    visitors.signOut(ctx);
    seeOther(ctx, '/signed-out');
  };
}

/** What signing out everywhere needs. */
export interface ProviderSignOut {
  visitors: Visitors;
  relyingParty: RelyingParty;
  troubles: Troubles;
}

/**
 * RP-Initiated Logout 1.0: ends the session here first, so that it has ended even when the provider cannot be
 * reached, and then sends the browser to end the one over there.
 */
export function createProviderSignOut(deps: ProviderSignOut) {
  return async (ctx: Context): Promise<void> => {
    const { session, language } = deps.visitors.of(ctx);
    deps.visitors.signOut(ctx);
    if (session === undefined) return seeOther(ctx, '/signed-out');
    const target = await deps.relyingParty.endSession(session.signedIn, language);
    if (!target.ok) return deps.troubles.show(ctx, 'halfSignedOut', target.reason);
    seeOther(ctx, target.value?.href ?? '/signed-out');
  };
}
