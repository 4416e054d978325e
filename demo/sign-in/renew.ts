import type { Context } from 'koa';
import { seeOther } from '../http/see-other.ts';
import type { Visitors } from '../http/visitor.ts';
import type { Troubles } from '../pages/trouble.ts';
import type { Outcome, RelyingParty } from '../relying-party.ts';
import type { SignedIn } from '../signed-in.ts';

/** What `/refresh` needs. */
export interface Renew {
  visitors: Visitors;
  relyingParty: RelyingParty;
  troubles: Troubles;
}

/** Buys new tokens (RFC 6749 §6). A refusal means that the provider ended the session, so ours ends as well. */
export function createRenew(deps: Renew) {
  // A double click must not spend one refresh token twice: the provider would take that for theft.
  const underWay = new Map<string, Promise<Outcome<SignedIn>>>();

  function renewOnce(id: string, signedIn: SignedIn): Promise<Outcome<SignedIn>> {
    const running = underWay.get(id);
    if (running !== undefined) return running;
    const started = deps.relyingParty.renew(signedIn).then((outcome) => {
      if (outcome.ok) deps.visitors.renew(id, outcome.value);
      return outcome;
    });
    const settled = started.finally(() => underWay.delete(id));
    underWay.set(id, settled);
    return settled;
  }

  return async (ctx: Context): Promise<void> => {
    const { session } = deps.visitors.of(ctx);
    if (session === undefined) return seeOther(ctx, '/');
    const outcome = await renewOnce(session.id, session.signedIn);
    if (outcome.ok) return seeOther(ctx, '/#who');
    if (outcome.fault === 'unreachable') {
      return deps.troubles.show(ctx, 'renewalUnreachable', outcome.reason);
    }
    deps.visitors.signOut(ctx);
    return deps.troubles.show(ctx, 'sessionEnded', outcome.reason);
  };
}
