import { satisfiesBidiRule } from './bidi-rule.ts';
import { contextAllows, identifierProperty } from './precis-class.ts';

/** Why a text is no username: nothing in it, a code point that may not be there, or an unreadable direction. */
export type PrecisFault = 'empty' | 'not-allowed' | 'direction';

export type PrecisResult = { ok: true; text: string } | { ok: false; fault: PrecisFault };

/** RFC 8264 §7: a text that still changes after three more rounds is refused. */
const MAX_ROUNDS = 4;

/** Fullwidth and halfwidth forms and the ideographic space become what they stand for (RFC 8265 §3.3.1). */
const mapWidth = (text: string) => text.replace(/[\u3000\uff01-\uffef]/gu, (char) => char.normalize('NFKC'));

function allowed(text: string, options: { inContext: boolean }): boolean {
  const chars = Array.from(text);
  return chars.every((char, at) => {
    const property = identifierProperty(char);
    if (property === 'context') return !options.inContext || contextAllows(chars, at);
    return property === 'valid';
  });
}

/** One round: preparation (§3.3.2), then case mapping, normalisation and direction in the order of §3.3.1. */
function enforceOnce(text: string): PrecisResult {
  const widthMapped = mapWidth(text);
  if (widthMapped === '') return { ok: false, fault: 'empty' };
  if (!allowed(widthMapped, { inContext: false })) return { ok: false, fault: 'not-allowed' };
  const mapped = widthMapped.toLowerCase().normalize('NFC');
  if (!satisfiesBidiRule(mapped)) return { ok: false, fault: 'direction' };
  if (!allowed(mapped, { inContext: true })) return { ok: false, fault: 'not-allowed' };
  return { ok: true, text: mapped };
}

/**
 * Enforces the UsernameCaseMapped profile (RFC 8265 §3.3) and answers the one form in which two usernames are
 * compared. Enforcing an answer again changes nothing. Stricter than the profile in one point: see
 * `identifierProperty`.
 */
export function enforceUsernameCaseMapped(text: string): PrecisResult {
  let current = text;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const result = enforceOnce(current);
    if (!result.ok || result.text === current) return result;
    current = result.text;
  }
  return { ok: false, fault: 'not-allowed' };
}
