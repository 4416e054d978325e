import type { Locale } from '#src/account/account.ts';
import { TIME_ZONE } from '#src/local-day.ts';

const TAGS = { nl: 'nl-NL', en: 'en-GB' } as const satisfies Record<Locale, string>;

/** A day in words: `26 november 2026`. `at` in milliseconds since the epoch. */
export function dayInWords(at: number, locale: Locale): string {
  return new Intl.DateTimeFormat(TAGS[locale], { dateStyle: 'long', timeZone: TIME_ZONE }).format(at);
}

/** A day and its time in words: `26 november 2026 om 14:05`. `at` in milliseconds since the epoch. */
export function momentInWords(at: number, locale: Locale): string {
  return new Intl.DateTimeFormat(TAGS[locale], {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: TIME_ZONE,
  }).format(at);
}

/** The same with the day of the week, for an end that is not to be missed: `donderdag 26 november 2026 om 14:05`. */
export function fullMomentInWords(at: number, locale: Locale): string {
  return new Intl.DateTimeFormat(TAGS[locale], {
    dateStyle: 'full',
    timeStyle: 'short',
    timeZone: TIME_ZONE,
  }).format(at);
}
