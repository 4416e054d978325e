import bidiFactory, { type BidiCharTypeName } from 'bidi-js';

const bidi = bidiFactory();

type BidiClass = BidiCharTypeName;

const RIGHT_TO_LEFT: ReadonlySet<BidiClass> = new Set<BidiClass>(['R', 'AL', 'AN']);
/** Condition 2 and condition 5. */
const IN_RTL: ReadonlySet<BidiClass> = new Set<BidiClass>([
  'R',
  'AL',
  'AN',
  'EN',
  'ES',
  'CS',
  'ET',
  'ON',
  'BN',
  'NSM',
]);
const IN_LTR: ReadonlySet<BidiClass> = new Set<BidiClass>(['L', 'EN', 'ES', 'CS', 'ET', 'ON', 'BN', 'NSM']);
/** Condition 3 and condition 6. */
const ENDS_RTL: ReadonlySet<BidiClass> = new Set<BidiClass>(['R', 'AL', 'EN', 'AN']);
const ENDS_LTR: ReadonlySet<BidiClass> = new Set<BidiClass>(['L', 'EN']);

/**
 * The Bidi Rule (RFC 5893 §2), for a text with right-to-left code points; a text without any passes. It keeps a
 * name from being shown in another order than it is stored.
 */
export function satisfiesBidiRule(text: string): boolean {
  const classes = Array.from(text, (char) => bidi.getBidiCharTypeName(char));
  if (!classes.some((name) => RIGHT_TO_LEFT.has(name))) return true;
  const first = classes[0];
  const last = classes.findLast((name) => name !== 'NSM');
  if (last === undefined) return false;
  if (first === 'L') return classes.every((name) => IN_LTR.has(name)) && ENDS_LTR.has(last);
  // Condition 1: otherwise it must begin with a right-to-left letter; condition 4: one kind of digits.
  if (first !== 'R' && first !== 'AL') return false;
  const bothDigits = classes.includes('EN') && classes.includes('AN');
  return classes.every((name) => IN_RTL.has(name)) && ENDS_RTL.has(last) && !bothDigits;
}
