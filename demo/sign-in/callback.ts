import type { Context } from 'koa';
import { seeOther } from '../http/see-other.ts';
import type { Visitors } from '../http/visitor.ts';
import type { Troubles } from '../pages/trouble.ts';
import type { RelyingParty } from '../relying-party.ts';
import type { PendingSignIns } from './pending.ts';

/** What the redirect URI needs. */
export interface Callback {
  origin: string;
  visitors: Visitors;
  pending: PendingSignIns;
  relyingParty: RelyingParty;
  troubles: Troubles;
}

/**
 * The redirect URI. The sign-in under way is used up before its code buys anything (ground rule 8), errors of the
 * provider included; the page that follows has another address, so that no code stays in the address bar.
 */
export function createCallback(deps: Callback) {
  return async (ctx: Context): Promise<void> => {
    const answer = new URL(`${deps.origin}/callback${ctx.search}`);
    const taken = deps.pending.take(ctx, answer.searchParams.get('state') ?? '');
    if (!taken.ok) {
      const foreign = taken.reason === 'foreign';
      return deps.troubles.show(ctx, foreign ? 'mismatch' : 'expired', `${taken.reason} state`);
    }
    const { start, returnTo } = taken.pending;
    const finished = await deps.relyingParty.finish(answer, start);
    if (!finished.ok) return deps.troubles.show(ctx, finished.fault, finished.reason, returnTo);
    deps.visitors.signIn(ctx, finished.value);
    seeOther(ctx, returnTo);
  };
}
