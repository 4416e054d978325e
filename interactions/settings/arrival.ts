import { z } from 'zod';
import { ACCOUNT_PATH } from '#src/provider/account-client.ts';
import { restartAddress } from '#src/tenant/restart.ts';
import { cookiesPage } from '../sign-in/cookies.view.ts';
import { type InteractionContext, seeOther, sendPage } from '../sign-in/turn.ts';
import { endedPage } from './ended.view.ts';
import { openVisit, type VisitParts } from './visit.ts';

/** A page of the settings; nothing else can be come back to. */
const pagePath = z.string().regex(/^\/account(\/[a-z0-9-]{1,60}){0,4}(\?resumed=1)?$/);

const BAD_REQUEST = 400;

/** The end of a sign-in for the settings: on to the page it was for (OIDC Core §3.1.2.5, response type `none`). */
export function createArrival(parts: VisitParts) {
  return async (ctx: InteractionContext): Promise<void> => {
    const { state, error } = ctx.query;
    const read = pagePath.safeParse(state);
    const page = read.success ? read.data : ACCOUNT_PATH;
    const frame = () => parts.frames({ req: ctx.req, context: ctx.state, back: ACCOUNT_PATH });
    // Nobody signed in: said once, not asked again and again.
    if (error !== undefined) return sendPage(ctx, endedPage(frame(), { href: page }));
    if ((await openVisit(ctx, parts)) !== undefined) return seeOther(ctx, page);
    // A sign-in that left no session behind: with cookies blocked it would go round for ever.
    sendPage(ctx, cookiesPage(frame(), { restartHref: restartAddress(ctx.state.tenant) }), BAD_REQUEST);
  };
}
