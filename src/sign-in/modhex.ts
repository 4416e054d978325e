/**
 * A whole Yubico OTP: 12 characters that name the key and 32 that are encrypted. Modhex uses the 16 letters that stand
 * on the same key in almost every keyboard layout (not in Dvorak: such codes can't be told from typing errors).
 * No `u` flag: it would take the Kelvin sign for a k.
 */
const OTP = /^[cbdefghijklnrtuv]{44}$/i;

/** Characters of the key's public id. */
const PUBLIC_ID_LENGTH = 12;

/** A code as the key meant it, or why it can't be one. */
export type TypedOtp =
  | { ok: true /** In lower case. */; otp: string; publicId: string }
  | { ok: false; reason: 'empty' | 'malformed' };

/** Reads what a YubiKey typed into a field. Blanks and Caps Lock don't matter. */
export function readYubicoOtp(typed: string | undefined): TypedOtp {
  const otp = (typed ?? '').replace(/\s/gu, '');
  if (otp === '') return { ok: false, reason: 'empty' };
  if (!OTP.test(otp)) return { ok: false, reason: 'malformed' };
  const lower = otp.toLowerCase();
  return { ok: true, otp: lower, publicId: lower.slice(0, PUBLIC_ID_LENGTH) };
}
