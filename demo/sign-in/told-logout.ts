import type { Context } from 'koa';
import { z } from 'zod';
import type { Visitors } from '../http/visitor.ts';
import type { SampleLog } from '../log.ts';
import type { JudgeLogoutToken } from './logout-token.ts';

/** Where the provider tells that a session ended. */
export const TOLD_PATH = '/backchannel-logout';

const formSchema = z.object({ logout_token: z.string().min(1).max(8192) });

/** What being told needs. */
export interface ToldLogoutParts {
  judge: JudgeLogoutToken;
  visitors: Visitors;
  log: SampleLog;
}

/**
 * OpenID Connect Back-Channel Logout 1.0 §2.5: the provider's server posts here, with no browser in between. Whoever the
 * token names is signed out here too; a token that is not to be believed is refused with 400, and one whose keys can't
 * be had now with 503, so that it is sent again.
 */
export function createToldLogout({ judge, visitors, log }: ToldLogoutParts) {
  return async (ctx: Context): Promise<void> => {
    const form = formSchema.safeParse(ctx.request.body);
    const judged = form.success
      ? await judge(form.data.logout_token)
      : ({ ok: false, fault: 'refused', reason: 'no logout_token' } as const);
    if (judged.ok) {
      visitors.end(judged.logout);
      ctx.status = 204;
      return;
    }
    const { fault, reason } = judged;
    log({ level: 'warn', message: 'sample application: logout token refused', reason });
    ctx.status = fault === 'unreachable' ? 503 : 400;
    ctx.body = { error: fault === 'unreachable' ? 'temporarily_unavailable' : 'invalid_request' };
  };
}
