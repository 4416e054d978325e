import type { Locale } from '#src/account/account.ts';
import type { Factor } from './ports.ts';

/** Authentication method references a factor adds to the token (RFC 8176 §2). */
export type Amr = 'pwd' | 'otp' | 'sms' | 'tel' | 'hwk' | 'swk' | 'pop' | 'user' | 'mfa';

/** One form field that a method asks for; one renderer draws them all. Texts are locale keys. */
export interface FieldSpec {
  name: 'code' | 'phone';
  label: string;
  hint: string | undefined;
  inputMode: 'numeric' | 'tel' | 'text';
  autocomplete: string;
  /** Most characters the box takes, with room for the blanks that people type and paste. */
  maxLength: number;
  /** How many digits a whole code has, where that is fixed: a code pasted whole is then sent at once. */
  wholeLength?: number | undefined;
}

/** What a method shows while it is being set up. */
export type SetUpBlock =
  | { kind: 'qr' /** Text in the QR code. */; content: string }
  | { kind: 'key' /** For typing; shown in groups of four, whatever blanks it has. */; content: string };

/** What a set-up in progress has produced: shown to the person, kept sealed in the flow until proved. */
export interface PendingFactor {
  /** The method's own data as JSON text; becomes `Factor.data` when proved. */
  data: string;
}

/** Who the set-up is for, as far as a method may show it. */
export interface SetUpSubject {
  loginName: string;
  issuerName: string;
  locale: Locale;
}

/** Answer to a code. `counter` is what must be consumed before the answer counts. */
export type CodeCheck = { ok: true; counter: number } | { ok: false; reason: 'malformed' | 'wrong' };

/**
 * Contract of a second-step method. A method is one file in interactions/factors and one line in its registry;
 * it states its own fields, checks its own data and knows nothing of pages, stores or other methods.
 */
export interface FactorMethod {
  readonly kind: string;
  /** data-step of its set-up page (`enrol-app`). */
  readonly setUpStep: string;
  /** What a proved use adds to `amr`. */
  readonly amr: readonly Amr[];
  readonly phishingResistant: boolean;
  readonly signInField: FieldSpec;
  readonly setUpField: FieldSpec;
  begin(): PendingFactor;
  /** The blocks of its set-up page. */
  blocks(pending: PendingFactor, subject: SetUpSubject): SetUpBlock[];
  /** Proves a set-up. `now` in milliseconds since the epoch. */
  confirm(pending: PendingFactor, code: string, now: number): CodeCheck;
  /** Checks a code at sign-in. The caller consumes the counter. */
  check(factor: Factor, code: string, now: number): CodeCheck;
}
