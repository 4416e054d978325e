import { enforceUsernameCaseMapped, type PrecisFault } from './precis.ts';

/** Why a login name is refused at creation. */
export type LoginNameFault = PrecisFault | 'too-long' | 'mixed-script';

export type LoginNameCheck = { ok: true; canonical: string } | { ok: false; reason: LoginNameFault };

/** Code points of the canonical form. */
export const LOGIN_NAME_MAX = 64;
/** UTF-8 bytes of the canonical form, so that it fits in every index and header. */
const LOGIN_NAME_MAX_BYTES = 255;
/** UTF-16 units typed: a letter and three marks for each code point. More is refused before it costs work. */
const TYPED_MAX = 4 * LOGIN_NAME_MAX;

/** Scripts in everyday use (UAX #31 table 5), each of which a name may be written in. */
const SCRIPTS = [
  'Arab Armn Beng Cyrl Deva Ethi Geor Grek Gujr Guru Hebr Khmr Knda Laoo',
  'Mlym Mymr Orya Sinh Taml Telu Thaa Thai Tibt',
].flatMap((line) => line.split(' '));

/** Mixtures that are usual in writing (UTS #39 §5.2, "highly restrictive"): each contains Latin alone. */
const MIXTURES = [
  ['Latn', 'Hani', 'Hira', 'Kana'],
  ['Latn', 'Hani', 'Bopo'],
  ['Latn', 'Hani', 'Hang'],
];

/** By Script_Extensions, so that a mark or digit shared by a few scripts counts for exactly those. */
const WRITINGS = [...SCRIPTS.map((script) => [script]), ...MIXTURES].map((scripts) => {
  const classes = [...scripts, 'Zyyy', 'Zinh'].map((script) => `\\p{Script_Extensions=${script}}`);
  return new RegExp(`^[${classes.join('')}]*$`, 'u');
});

/** Digits of two systems in one name look alike without being equal (UTS #39 §5.3). */
const mixesDigits = (name: string) => /[0-9]/.test(name) && /[^\P{Nd}0-9]/u.test(name);

/** A mark without a letter, or a stack of marks that hides its letter (UTS #39 §5.4). */
const STRAY_MARKS = /^\p{M}|\p{Mn}{5}/u;

const tooLong = (canonical: string) =>
  Array.from(canonical).length > LOGIN_NAME_MAX || Buffer.byteLength(canonical) > LOGIN_NAME_MAX_BYTES;

/**
 * The form in which a login name is found at sign-in (R5: whatever its capitals), or undefined when no account can
 * have that name; the caller then goes on as with an unknown one. White space around it is dropped, because
 * phones add a space after a completed word; a login name never contains any, so nothing else can match by it.
 */
export function canonicalLoginName(typed: string): string | undefined {
  if (typed.length > TYPED_MAX) return undefined;
  const result = enforceUsernameCaseMapped(typed.trim());
  return result.ok && !tooLong(result.text) ? result.text : undefined;
}

/**
 * Checks a login name for a new account, as typed: PRECIS UsernameCaseMapped (RFC 8265 §3.3), at most 64 code
 * points, one script or a usual mixture, so that no name can pass for another one's. Nothing is trimmed here.
 */
export function checkNewLoginName(typed: string): LoginNameCheck {
  if (typed.length > TYPED_MAX) return { ok: false, reason: 'too-long' };
  const result = enforceUsernameCaseMapped(typed);
  if (!result.ok) return { ok: false, reason: result.fault };
  const canonical = result.text;
  if (tooLong(canonical)) return { ok: false, reason: 'too-long' };
  if (STRAY_MARKS.test(canonical)) return { ok: false, reason: 'not-allowed' };
  if (mixesDigits(canonical) || !WRITINGS.some((writing) => writing.test(canonical))) {
    return { ok: false, reason: 'mixed-script' };
  }
  return { ok: true, canonical };
}

/**
 * Whether a login name could be taken for an e-mail address; such a name must be the account's own address
 * (product decision 6). Wide on purpose: anything on both sides of an at sign.
 */
export function looksLikeEmail(name: string): boolean {
  return /^.+@.+$/su.test(name);
}
