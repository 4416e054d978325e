import type { Context } from 'koa';
import { z } from 'zod';
import { LANGUAGE_COOKIE, LANGUAGES } from '../words/language.ts';
import { setCookie } from './cookies.ts';
import { seeOther } from './see-other.ts';

const YEAR = 365 * 24 * 60 * 60_000;

const choiceSchema = z.object({
  language: z.enum(LANGUAGES),
  returnTo: z.string().max(200).catch('/'),
});

/** Remembers the choice of language and goes back to the page, if that is one of ours. */
export function createSwitchLanguage(origin: string, pages: readonly string[]) {
  return async (ctx: Context): Promise<void> => {
    const choice = choiceSchema.safeParse(ctx.request.body);
    if (!choice.success) return seeOther(ctx, '/');
    setCookie(ctx, LANGUAGE_COOKIE, choice.data.language, {
      secure: origin.startsWith('https:'),
      maxAge: YEAR,
    });
    seeOther(ctx, pages.includes(choice.data.returnTo) ? choice.data.returnTo : '/');
  };
}
