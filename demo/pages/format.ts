import type { Language } from '../words/language.ts';
import { type Html, html } from './html.ts';

const ZONE = 'Europe/Amsterdam';
const TAGS = { nl: 'nl-NL', en: 'en-GB' } as const;

/** A time of day with seconds. `at` in milliseconds since the epoch. */
export function clockTime(at: number, language: Language): string {
  return new Intl.DateTimeFormat(TAGS[language], { timeStyle: 'medium', timeZone: ZONE }).format(at);
}

/** A day and time for people, with the exact moment for machines. */
export function moment(at: number, language: Language): Html {
  const words = new Intl.DateTimeFormat(TAGS[language], {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: ZONE,
  }).format(at);
  return html`<time datetime="${new Date(at).toISOString()}">${words}</time>`;
}

/** How far away a moment is: "over 9 minuten". */
export function fromNow(at: number, now: number, language: Language): string {
  const format = new Intl.RelativeTimeFormat(TAGS[language], { numeric: 'always' });
  const seconds = Math.round((at - now) / 1000);
  if (Math.abs(seconds) < 90) return format.format(seconds, 'second');
  const minutes = Math.round(seconds / 60);
  return Math.abs(minutes) < 90
    ? format.format(minutes, 'minute')
    : format.format(Math.round(minutes / 60), 'hour');
}

/** A number with one decimal. */
export function decimal(value: number, language: Language): string {
  return new Intl.NumberFormat(TAGS[language], { minimumFractionDigits: 1 }).format(value);
}

/** First letter of the month that lies this many months before `now`. */
export function monthLetter(now: number, monthsAgo: number, language: Language): string {
  const today = new Date(now);
  const month = Date.UTC(today.getUTCFullYear(), today.getUTCMonth() - monthsAgo, 15);
  return new Intl.DateTimeFormat(TAGS[language], { month: 'narrow', timeZone: 'UTC' }).format(month);
}
