import type { Context } from 'koa';
import { cookieName } from '../http/cookies.ts';
import en from './en.json' with { type: 'json' };
import nl from './nl.json' with { type: 'json' };

/** Languages of the sample application; the first is the one for everybody else. */
export const LANGUAGES = ['nl', 'en'] as const;

export type Language = (typeof LANGUAGES)[number];

/** Everything a person reads, in one language. Dutch is the measure; a missing key does not compile. */
export type Words = typeof nl;

export const WORDS: Readonly<Record<Language, Words>> = { nl, en };

/** Name of the cookie that remembers a choice of language. */
export const LANGUAGE_COOKIE = 'language';

/** The person's choice, else what the browser asks for, else Dutch. */
export function languageOf(ctx: Context, secure: boolean): Language {
  const chosen = ctx.cookies.get(cookieName(LANGUAGE_COOKIE, secure));
  return (
    LANGUAGES.find((language) => language === chosen) ??
    LANGUAGES.find((language) => language === ctx.acceptsLanguages(...LANGUAGES)) ??
    'nl'
  );
}

/** Puts values in the places that a text names: `fill('Hallo {name}', { name })`. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}
