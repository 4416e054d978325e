/** Whether a word or password, in its folded form, is among the most used ones. */
export type IsListed = (folded: string) => boolean;

/** A unit this short makes a repetition whatever it is (`abcabcabcabc`). Code points. */
const SHORT_UNIT = 3;
/** Digits and signs that may belong to the word itself (`$unshine`) are tried on either side up to here. */
const PARTIAL = 8;
const MAX_RUNS = 6;
const MAX_DIGITS = 4;
const MAX_SIGNS = 3;

const LETTERS_FOR_SIGNS: Readonly<Record<string, string>> = {
  '0': 'o',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '8': 'b',
  '9': 'g',
  '@': 'a',
  $: 's',
  '€': 'e',
  '+': 't',
};

/**
 * The form in which words are looked up: small letters without accents and compatibility forms, so that a
 * capital or an accent does not make a listed word a new one.
 */
export function foldWord(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().normalize('NFC');
}

/** The text itself and its two readings with letters for look-alike digits and signs (`p4$$w0rd`). */
export function readings(folded: string): string[] {
  const lettered = Array.from(folded, (char) => LETTERS_FOR_SIGNS[char] ?? char).join('');
  return [...new Set([folded, lettered.replace(/[1!|]/g, 'i'), lettered.replace(/[1!|]/g, 'l')])];
}

/** The shortest text that, repeated (the last time perhaps cut off), gives this one. */
function unitOf(text: string): string {
  const chars = Array.from(text);
  for (let size = 1; size * 2 <= chars.length; size += 1) {
    if (chars.every((char, at) => char === chars[at % size])) return chars.slice(0, size).join('');
  }
  return text;
}

/** Every code point one up, or every one one down, from the one before; after 9 comes 0. */
function isSequence(text: string): boolean {
  const codes = Array.from(text, (char) => char.codePointAt(0) ?? 0);
  if (codes.length < SHORT_UNIT) return false;
  const steps = codes.slice(1).map((code, at) => {
    const step = code - (codes[at] ?? 0);
    return /^[0-9]+$/.test(text) ? (step + 10) % 10 : step;
  });
  const [first] = steps;
  return (first === 1 || first === -1 || first === 9) && steps.every((step) => step === first);
}

/** Digits and signs that add next to nothing: years, dates, counting, a listed number, a few signs. */
function isThinDressing(text: string, isListed: IsListed): boolean {
  const runs = text.match(/\p{Nd}+|[^\p{Nd}]+/gu) ?? [];
  return (
    runs.length <= MAX_RUNS &&
    runs.every((run) => {
      const few = Array.from(run).length <= (/^\p{Nd}/u.test(run) ? MAX_DIGITS : MAX_SIGNS);
      return few || isSequence(run) || Array.from(unitOf(run)).length === 1 || isListed(run);
    })
  );
}

/** Ways to take digits and signs off one end: none, some, or all of them, while what goes is thin. */
function endsToStrip(run: string, side: 'start' | 'end', isListed: IsListed): number[] {
  const partial = Array.from({ length: Math.min(PARTIAL, run.length) }, (_, length) => length);
  return [...partial, run.length].filter((length) => {
    const gone = side === 'start' ? run.slice(0, length) : run.slice(run.length - length);
    return isThinDressing(gone, isListed);
  });
}

/** Whether a bare text is listed, repeats something listed or short, or only counts up or down. */
function isPoorCore(core: string, isListed: IsListed): boolean {
  if (core === '') return false;
  if (isListed(core) || isSequence(core)) return true;
  const unit = unitOf(core);
  if (unit !== core && (Array.from(unit).length <= SHORT_UNIT || isPoorCore(unit, isListed))) return true;
  const [word = '', ...others] = core.match(/\p{L}+/gu) ?? [];
  const separators = core.match(/[^\p{L}]+/gu) ?? [];
  return (
    others.length > 0 &&
    others.every((other) => other === word) &&
    isListed(word) &&
    separators.every((separator) => isThinDressing(separator, isListed))
  );
}

/**
 * Whether a text (folded) is a listed word or password, as it is or dressed up: digits, dates and signs before or
 * after, digits and signs for letters, the same again and again. Several different words are not.
 */
export function isDressedUp(folded: string, isListed: IsListed): boolean {
  const start = folded.match(/^[^\p{L}]*/u)?.[0] ?? '';
  const end = start.length === folded.length ? start : (folded.match(/[^\p{L}]*$/u)?.[0] ?? '');
  for (const before of endsToStrip(start, 'start', isListed)) {
    for (const after of endsToStrip(end, 'end', isListed)) {
      const core = folded.slice(before, Math.max(before, folded.length - after));
      // Of a text without letters most must remain, or any number would count as a dressed-up shorter one.
      if (!/\p{L}/u.test(core) && core.length * 2 < folded.length) continue;
      if (readings(core).some((reading) => isPoorCore(reading, isListed))) return true;
    }
  }
  return false;
}
