import { z } from 'zod';
import { ACCOUNT_PATH } from '#src/provider/account-client.ts';
import { isHttps } from '../http/is-https.ts';
import { type InteractionContext, seeOther } from '../sign-in/turn.ts';

/** What a page tells once that was just done; each has a text `settings.done.<key>`. */
export const DONE_KEYS = [
  ...['password', 'language', 'question', 'phone', 'email', 'backup-code'],
  ...['method-added', 'method-removed', 'method-renamed', 'method-replaced', 'order'],
  /** That method is not there (any more); nothing was done. */
  'method-gone',
  /** A set-up that waits no more: done in another window, or left too long. */
  'set-up-gone',
  /** Done already, in another window or by a second press. */
  'already',
  ...['session-ended', 'sessions-ended', 'browser-forgotten', 'browsers-forgotten', 'access-withdrawn'],
] as const;

export type DoneKey = (typeof DONE_KEYS)[number];

const NAME = 'poortwachter_done';
/** Seconds: the time that the browser takes to go on. */
const LIFE = 60;

const keySchema = z.enum(DONE_KEYS);

/** Goes on to a page that tells what was done. It is no secret, and stands for nothing. */
export function goOnDone(ctx: InteractionContext, done: DoneKey, path: string = ACCOUNT_PATH): void {
  ctx.cookies.set(NAME, done, {
    path: ACCOUNT_PATH,
    maxAge: LIFE * 1000,
    httpOnly: true,
    sameSite: 'lax',
    secure: isHttps(ctx.state.tenant),
  });
  seeOther(ctx, path);
}

/** What the page before did; told once. */
export function takeDone(ctx: InteractionContext): DoneKey | undefined {
  if (ctx.method !== 'GET') return undefined;
  const kept = ctx.cookies.get(NAME);
  if (kept === undefined) return undefined;
  ctx.cookies.set(NAME, null, { path: ACCOUNT_PATH, httpOnly: true, secure: isHttps(ctx.state.tenant) });
  const read = keySchema.safeParse(kept);
  return read.success ? read.data : undefined;
}
