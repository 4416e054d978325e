/** What is known of a one-time code that a YubiKey typed. */
export type YubicoAnswer =
  /**
   * Right, and now used up at the service. `publicId` is the key's name: 12 modhex characters. `sessionCounter` (0 to
   * 65535) rises each time the key gets power, `useCounter` (0 to 255) at each touch since then.
   */
  | { kind: 'valid'; publicId: string; sessionCounter: number; useCounter: number }
  /** `bad`: no code of a key that the service knows. `replayed`: it, or a later one of this key, was used before. */
  | { kind: 'refused'; reason: 'bad' | 'replayed' }
  /** Nobody who can be trusted answered in time: nothing is known, so nothing is accepted (ground rule 2). */
  | { kind: 'unavailable' };

/** Asks who can decrypt it about a one-time code of a YubiKey (Yubico validation protocol 2.0). */
export interface YubicoValidation {
  /**
   * Judges a code, and uses it up when it is right. `otp` is 44 modhex characters in lower case. Never throws; gives up
   * when `signal` aborts.
   */
  validate(otp: string, signal?: AbortSignal): Promise<YubicoAnswer>;
}
