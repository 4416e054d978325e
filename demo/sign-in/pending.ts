import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Context } from 'koa';
import type { Clock } from '#src/clock.ts';
import { createBoundedStore } from '../bounded-store.ts';
import { cookieName, setCookie } from '../http/cookies.ts';
import type { SignInStart } from '../relying-party.ts';

const HOUR = 60 * 60_000;
/** As long as the provider keeps an interaction: whoever is still typing there can still come back here. */
const BOUNDS = { entries: 1000, age: HOUR, idle: HOUR };
const PATH = '/callback';

/** A sign-in under way: the question that was asked, and the page the person wanted. */
export interface PendingSignIn {
  start: SignInStart;
  returnTo: string;
}

/** What `take` found: the sign-in, or why not. `foreign`: begun in another browser. */
export type TakenSignIn = { ok: true; pending: PendingSignIn } | { ok: false; reason: 'unknown' | 'foreign' };

/** Sign-ins under way, by state, so that two tabs do not get in each other's way. */
export interface PendingSignIns {
  keep(ctx: Context, pending: PendingSignIn): void;
  /** Hands one out once, and only to the browser that began it (login CSRF, RFC 6749 §10.12). */
  take(ctx: Context, state: string): TakenSignIn;
}

/** Makes an empty set; each sign-in is bound to its browser by a cookie of its own. */
export function createPendingSignIns(origin: string, clock: Clock): PendingSignIns {
  const secure = origin.startsWith('https:');
  const store = createBoundedStore<PendingSignIn & { binding: Buffer }>(BOUNDS, clock);

  return {
    keep(ctx, pending) {
      const binding = randomBytes(32).toString('base64url');
      store.put(pending.start.state, { ...pending, binding: digest(binding) });
      setCookie(ctx, cookieOf(pending.start.state), binding, { secure, path: PATH, maxAge: HOUR });
    },
    take(ctx, state) {
      const found = store.get(state);
      if (found === undefined) return { ok: false, reason: 'unknown' };
      const name = cookieOf(state);
      const binding = ctx.cookies.get(cookieName(name, secure, PATH)) ?? '';
      if (!timingSafeEqual(digest(binding), found.binding)) return { ok: false, reason: 'foreign' };
      store.delete(state);
      setCookie(ctx, name, null, { secure, path: PATH });
      return { ok: true, pending: { start: found.start, returnTo: found.returnTo } };
    },
  };
}

function cookieOf(state: string): string {
  return `sign-in.${state.slice(0, 10)}`;
}

function digest(value: string): Buffer {
  return createHash('sha256').update(value).digest();
}
