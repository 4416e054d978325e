import type { Context } from 'koa';

/** Full name of a cookie. On https the browser itself keeps other hosts from setting it (RFC 6265bis §4.1.3). */
export function cookieName(name: string, secure: boolean, path = '/'): string {
  const prefix = path === '/' ? '__Host-' : '__Secure-';
  return `${secure ? prefix : ''}verzuimloket.${name}`;
}

/** How a cookie is set: its path, and its age in milliseconds (absent: until the browser closes). */
export interface CookieLife {
  secure: boolean;
  path?: string;
  maxAge?: number;
}

/**
 * Sets a cookie, or removes it when the value is null. Lax and not Strict: the answer of the provider comes in by
 * a navigation from another site.
 */
export function setCookie(ctx: Context, name: string, value: string | null, life: CookieLife): void {
  const path = life.path ?? '/';
  // Behind a proxy the connection is plain while the origin is https; Koa would refuse the secure flag.
  ctx.cookies.secure = life.secure;
  ctx.cookies.set(cookieName(name, life.secure, path), value, {
    path,
    secure: life.secure,
    httpOnly: true,
    sameSite: 'lax',
    signed: false,
    ...(life.maxAge === undefined ? {} : { maxAge: life.maxAge }),
  });
}
