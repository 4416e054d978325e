import type { Config } from '#config/settings.ts';

/*
 * Lifetimes in seconds (design table "Numbers"). Each replaces an oidc-provider default that is far longer
 * (14 days for sessions, grants and refresh tokens; an hour for access and ID tokens).
 */

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** RFC 9700 §2.1: a code is exchanged at once or never. */
export const CODE_TTL = MINUTE;
export const ACCESS_TOKEN_TTL = 10 * MINUTE;
export const ID_TOKEN_TTL = 10 * MINUTE;
/** The first sign-in includes installing an app. */
export const INTERACTION_TTL = HOUR;
/** Absolute life of a refresh token under offline_access, over all its rotations. */
export const OFFLINE_TTL = 30 * DAY;
/** One repeat of a refresh is answered within this time (a lost answer on a train). Milliseconds. */
export const REFRESH_GRACE_MS = 10_000;

/** Idle and absolute life of a session, in seconds. */
export interface SessionLife {
  idle: number;
  /** Idle life on a computer that others use too. */
  sharedIdle: number;
  absolute: number;
}

export function sessionLife(settings: Config['session']): SessionLife {
  const idle = settings.idleMinutes * MINUTE;
  return {
    idle,
    sharedIdle: Math.min(idle, settings.sharedIdleMinutes * MINUTE),
    absolute: settings.absoluteHours * HOUR,
  };
}

/**
 * Seconds a session may live from `now` on without further activity: its idle time, cut off at its absolute end.
 * `loginTs` and `now` in seconds since the epoch; undefined for a session nobody signed in to. `shared`: on a computer
 * that others use too.
 */
export function sessionTtl(
  life: SessionLife,
  loginTs: number | undefined,
  now: number,
  shared = false,
): number {
  if (loginTs === undefined) return life.idle;
  const idle = shared ? life.sharedIdle : life.idle;
  return Math.max(1, Math.min(idle, loginTs + life.absolute - now));
}

/** Seconds a grant is kept: as long as anything it can hold. */
export function grantTtl(life: SessionLife, scopes: string): number {
  return scopes.split(' ').includes('offline_access') ? OFFLINE_TTL : life.absolute + ACCESS_TOKEN_TTL;
}
