import type { Context } from 'koa';
import { z } from 'zod';
import { seeOther } from '../http/see-other.ts';
import type { Visitors } from '../http/visitor.ts';
import type { Troubles } from '../pages/trouble.ts';
import type { RelyingParty } from '../relying-party.ts';
import type { PendingSignIns } from './pending.ts';

const requestSchema = z.object({
  iss: z.string().max(2000).optional(),
  login_hint: z.string().max(500).optional(),
  target_link_uri: z.string().max(2000).optional(),
});

/** What `/login` needs. `issuer` is ours; `pages` are the paths that a sign-in may lead back to. */
export interface BeginSignIn {
  issuer: string;
  origin: string;
  pages: readonly string[];
  visitors: Visitors;
  pending: PendingSignIns;
  relyingParty: RelyingParty;
  troubles: Troubles;
}

/**
 * The `initiate_login_uri` (OpenID Connect Core §4), by GET or POST, and the button of our own pages. It may be
 * called from any site: it only asks a question, and the answer counts only in the browser that was sent away.
 */
export function createBeginSignIn(deps: BeginSignIn) {
  return async (ctx: Context): Promise<void> => {
    const request = requestSchema.safeParse(ctx.method === 'POST' ? ctx.request.body : ctx.query);
    if (!request.success) return deps.troubles.show(ctx, 'mismatch', 'malformed sign-in request');
    const { iss, login_hint: loginHint, target_link_uri: target } = request.data;
    if (iss !== undefined && iss !== deps.issuer) {
      return deps.troubles.show(ctx, 'foreignIssuer', 'sign-in asked by another issuer');
    }
    const { language } = deps.visitors.of(ctx);
    const begun = await deps.relyingParty.begin({ language, loginHint });
    if (!begun.ok) return deps.troubles.show(ctx, begun.fault, begun.reason);
    deps.pending.keep(ctx, { start: begun.value.start, returnTo: ownPage(target, deps) });
    seeOther(ctx, begun.value.url.href);
  };
}

/** Core §4: `target_link_uri` must be verified, else this is an open redirector. Anything not ours leads home. */
function ownPage(target: string | undefined, deps: Pick<BeginSignIn, 'origin' | 'pages'>): string {
  const url = target === undefined ? null : URL.parse(target, deps.origin);
  return url !== null && url.origin === deps.origin && deps.pages.includes(url.pathname) ? url.pathname : '/';
}
