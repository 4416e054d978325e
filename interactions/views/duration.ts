import type { Locale } from '#src/account/account.ts';
import type { FormError } from './form.ts';
import type { PageFrame } from './page.ts';

function inUnit(locale: Locale, unit: 'second' | 'minute', amount: number): string {
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

/** What to say while a form may not be sent yet; `seconds` are still to wait. */
export function waitError({ t, locale }: Pick<PageFrame, 't' | 'locale'>, seconds: number): FormError {
  return { summary: t('wait.summary', { wait: durationInWords(seconds, locale) }), wait: seconds };
}
