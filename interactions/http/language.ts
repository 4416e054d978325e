import type { IncomingMessage } from 'node:http';
import type { Context } from 'koa';
import { z } from 'zod';
import type { Locale } from '#src/account/account.ts';
import { AppError } from '#src/errors.ts';
import type { ShellMiddleware } from '#src/server.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import { negotiateLocale } from '../i18n.ts';
import { readForm } from './form.ts';
import { isHttps } from './is-https.ts';

/** The language a person chose here; no secret, and nothing else is in it. */
const COOKIE = 'poortwachter_language';
const CHOSEN = new RegExp(`(?:^|; )${COOKIE}=([a-z]{2})(?:;|$)`);
const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

/** A path of ours: one slash and then none, so that no other host can be meant. */
const backPath = z
  .string()
  .max(2000)
  .regex(/^\/(?![/\\])[^\\\s]*$/);

const choice = z.object({ locale: z.enum(['nl', 'en']), back: backPath.catch('/') });

/** The language of a request: the person's choice, the application's wish, the browser's, the tenant's. */
export function localeOf(req: IncomingMessage, fallback: Locale, uiLocales?: string): Locale {
  return negotiateLocale({
    uiLocales,
    cookie: CHOSEN.exec(req.headers.cookie ?? '')?.[1],
    acceptLanguage: req.headers['accept-language'],
    fallback,
  });
}

/** Keeps a chosen language in the browser. `forNow`: until that is closed, because others use the computer too. */
export function keepLanguage(
  ctx: Pick<Context, 'cookies'>,
  tenant: Tenant,
  { locale, forNow }: { locale: string; forNow: boolean },
): void {
  const life = forNow ? {} : { maxAge: YEAR_MS };
  ctx.cookies.set(COOKIE, locale, { ...life, sameSite: 'lax', httpOnly: true, secure: isHttps(tenant) });
}

/** The chosen language of a computer that others use too: it goes when the browser is closed. */
export function keepLanguageForNow(ctx: Context, tenant: Tenant): void {
  const chosen = CHOSEN.exec(ctx.req.headers.cookie ?? '')?.[1];
  if (chosen !== undefined) keepLanguage(ctx, tenant, { locale: chosen, forNow: true });
}

/** Keeps the chosen language and goes back to the page. Throws AppError `malformed-form`. */
export function chooseLanguage(): ShellMiddleware {
  return async (ctx) => {
    const form = readForm(ctx, choice);
    if (form === undefined) throw new AppError('malformed-form', 400, 'a choice of language that is none');
    keepLanguage(ctx, ctx.state.tenant, { locale: form.locale, forNow: false });
    ctx.set('Cache-Control', 'no-store');
    ctx.redirect(form.back);
    ctx.status = 303;
  };
}
