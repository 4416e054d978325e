/** Derived property of a code point in PRECIS (RFC 8264 §8), reduced to what the IdentifierClass asks. */
export type IdentifierProperty = 'valid' | 'context' | 'disallowed';

/** RFC 8264 §9.6 (RFC 5892 §2.6): code points whose property their Unicode categories would get wrong. */
const PVALID_EXCEPTION = /[\u00df\u03c2\u06fd\u06fe\u0f0b\u3007]/u;
const CONTEXT_O = /[\u00b7\u0375\u05f3\u05f4\u30fb\u0660-\u0669\u06f0-\u06f9]/u;
const DISALLOWED_EXCEPTION = /[\u0640\u07fa\u302e\u302f\u3031-\u3035\u303b]/u;

const UNASSIGNED_OR_PRIVATE = /[\p{Cn}\p{Co}\p{Cs}]/u;
/** §9.11. */
const ASCII7 = /[\u0021-\u007e]/u;
/** §9.8: the joiners. RFC 5892 A.1 and A.2 would let them in between some letters; here they never are. */
const JOIN_CONTROL = /\p{Join_Control}/u;
/** §9.9: Hangul_Syllable_Type L, V or T. */
const OLD_HANGUL_JAMO = /[\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7c6\ud7cb-\ud7fb]/u;
/** §9.13. */
const IGNORABLE = /[\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/u;
const CONTROL = /\p{Cc}/u;
/** §9.1. Everything else (§9.14 spaces, symbols, punctuation, other letters and digits) is for free text only. */
const LETTER_DIGIT = /[\p{Ll}\p{Lu}\p{Lo}\p{Nd}\p{Lm}\p{Mn}\p{Mc}]/u;

/** §9.17: its compatibility form is another text. */
const hasCompat = (char: string) => char.normalize('NFKC') !== char;

/**
 * Property of one code point in the IdentifierClass, in the order of RFC 8264 §8. One step stricter than the RFC:
 * the zero-width joiners are disallowed, not contextual, because nobody can see them in a login name.
 */
export function identifierProperty(char: string): IdentifierProperty {
  if (PVALID_EXCEPTION.test(char)) return 'valid';
  if (CONTEXT_O.test(char)) return 'context';
  if (DISALLOWED_EXCEPTION.test(char) || UNASSIGNED_OR_PRIVATE.test(char)) return 'disallowed';
  if (ASCII7.test(char)) return 'valid';
  if (JOIN_CONTROL.test(char) || OLD_HANGUL_JAMO.test(char)) return 'disallowed';
  if (IGNORABLE.test(char) || CONTROL.test(char) || hasCompat(char)) return 'disallowed';
  return LETTER_DIGIT.test(char) ? 'valid' : 'disallowed';
}

const ARABIC_INDIC = /[\u0660-\u0669]/u;
const EXTENDED_ARABIC_INDIC = /[\u06f0-\u06f9]/u;

/**
 * Whether a contextual code point may stand at `at` in `chars` (RFC 5892 appendix A.3 to A.9). Judged on the
 * case-mapped text, because A.3 names the small letter l.
 */
export function contextAllows(chars: readonly string[], at: number): boolean {
  const before = chars[at - 1] ?? '';
  const after = chars[at + 1] ?? '';
  switch (chars[at]) {
    case '\u00b7':
      return before === 'l' && after === 'l';
    case '\u0375':
      return /\p{Script=Greek}/u.test(after);
    case '\u05f3':
    case '\u05f4':
      return /\p{Script=Hebrew}/u.test(before);
    case '\u30fb':
      return chars.some((char) => /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u.test(char));
    default:
      return !(
        chars.some((char) => ARABIC_INDIC.test(char)) &&
        chars.some((char) => EXTENDED_ARABIC_INDIC.test(char))
      );
  }
}
