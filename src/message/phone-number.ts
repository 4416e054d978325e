import { isSupportedCountry, type NumberType, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { CodeChannel, Refusal } from '#src/sign-in/factor.ts';

/** Longest thing that is looked at as a number: a number with every blank, bracket and sign people type. */
const LONGEST = 40;

/** Numbers that no one person has, or that cost who calls them: no code goes there, and no fraud pays. */
const NOBODYS: ReadonlySet<NumberType> = new Set([
  'PREMIUM_RATE',
  'SHARED_COST',
  'TOLL_FREE',
  'PAGER',
  'VOICEMAIL',
]);

/** Numbers of a desk or a company: nothing there shows a text message. */
const SPOKEN_ONLY: ReadonlySet<NumberType> = new Set(['FIXED_LINE', 'UAN']);

/** A number as it is kept and sent to (E.164), with the channels that reach it, the usual one first. */
export interface PhoneNumber {
  number: string;
  channels: readonly CodeChannel[];
}

export type PhoneReading =
  | ({ ok: true } & PhoneNumber)
  | { ok: false; reason: Extract<Refusal, 'phone-number' | 'phone-country'> };

/** Without the marks that address books put around a number they copy, and with 00 as the plus it stands for. */
function plain(typed: string): string {
  return typed
    .replace(/\p{Cf}/gu, '')
    .trim()
    .replace(/^00(?=\D*[1-9])/, '+');
}

/**
 * Reads a phone number in any usual form (`06…`, `6…`, `+31…`, `+31 (0)6…`, `0031…`, with blanks, dashes, dots and
 * brackets). `countries` are those of the tenant (ISO 3166-1); a number without country code is one of the first.
 * `phone-number`: no number, or one that no person has; `phone-country`: of a country the tenant does not send to.
 */
export function readPhoneNumber(typed: string, countries: readonly string[]): PhoneReading {
  if (typed.length > LONGEST) return { ok: false, reason: 'phone-number' };
  const [usual] = countries;
  const defaultCountry = usual !== undefined && isSupportedCountry(usual) ? usual : undefined;
  const read = parsePhoneNumberFromString(plain(typed), {
    extract: false,
    ...(defaultCountry === undefined ? {} : { defaultCountry }),
  });
  if (!read?.isValid() || read.ext !== undefined) return { ok: false, reason: 'phone-number' };
  if (read.country === undefined || !countries.includes(read.country)) {
    return { ok: false, reason: 'phone-country' };
  }
  const type = read.getType();
  if (type !== undefined && NOBODYS.has(type)) return { ok: false, reason: 'phone-number' };
  const channels: CodeChannel[] = type !== undefined && SPOKEN_ONLY.has(type) ? ['voice'] : ['sms', 'voice'];
  return { ok: true, number: read.number, channels };
}

/** All of a number that a page or a message ever shows again. */
export function maskedEnding(number: string): string {
  return number.slice(-2);
}
