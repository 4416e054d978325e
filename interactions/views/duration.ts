import type { Locale } from '#src/account/account.ts';

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
