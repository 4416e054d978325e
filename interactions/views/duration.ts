import type { Locale } from '#src/account/account.ts';
import type { FormError } from './form.ts';
import type { PageFrame } from './page.ts';

function inUnit(locale: Locale, unit: 'second' | 'minute' | 'hour', amount: number): string {
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(amount);
}

/**
 * A wait in words: "30 seconden", "2 minuten". Under a minute in seconds, else in whole minutes rounded up, so
 * that nobody comes back too early.
 */
export function durationInWords(seconds: number, locale: Locale): string {
  const whole = Math.max(1, Math.ceil(seconds));
  return whole < 60 ? inUnit(locale, 'second', whole) : inUnit(locale, 'minute', Math.ceil(whole / 60));
}

/** How long something works, in words: in hours where these are whole, else in minutes, never longer than it does. */
export function lifeInWords(minutes: number, locale: Locale): string {
  return minutes % 60 === 0 ? inUnit(locale, 'hour', minutes / 60) : inUnit(locale, 'minute', minutes);
}

/** What to say while a form may not be sent yet; `seconds` are still to wait. */
export function waitError({ t, locale }: Pick<PageFrame, 't' | 'locale'>, seconds: number): FormError {
  return { summary: t('wait.summary', { wait: durationInWords(seconds, locale) }), wait: seconds };
}
