import type { AccountId, Locale } from '#src/account/account.ts';
import type { Lane } from '#src/lockout/ports.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import type { Factor, FactorUse } from './ports.ts';

/** Authentication method references a factor adds to the token (RFC 8176 §2). */
export const AMRS = ['pwd', 'otp', 'sms', 'tel', 'hwk', 'swk', 'pop', 'user', 'mfa'] as const;
export type Amr = (typeof AMRS)[number];

/** A text field that a method asks for; one renderer draws them all. Texts are locale keys. */
export interface TextFieldSpec {
  type: 'text';
  name: 'code' | 'phone';
  label: string;
  hint: string | undefined;
  /** What fills the {{variables}} of the hint. */
  hintValues?: Readonly<Record<string, string>> | undefined;
  inputMode: 'numeric' | 'tel' | 'text';
  autocomplete: string;
  /** Most characters the box takes, with room for the blanks that people type and paste. */
  maxLength: number;
  /** How many digits a whole code has, where that is fixed: a code pasted whole is then sent at once. */
  wholeLength?: number | undefined;
  /** What stands in the box at first: what was typed, or a number that is known already. */
  value?: string | undefined;
}

/** A passkey or security key, asked by script through the browser; posted as JSON in `credential`. */
export interface PasskeyFieldSpec {
  type: 'passkey';
  name: 'credential';
}

export type FieldSpec = TextFieldSpec | PasskeyFieldSpec;

/** What a form brought, as typed; a field that the form did not have is undefined. */
export interface Typed {
  code?: string | undefined;
  phone?: string | undefined;
  /** PublicKeyCredential as JSON (WebAuthn §5.1). */
  credential?: string | undefined;
  /** What the person wants to call a method that they set up. */
  label?: string | undefined;
}

/** What a method shows while it is being set up. */
export type SetUpBlock =
  | { kind: 'qr' /** Text in the QR code. */; content: string }
  | { kind: 'key' /** For typing; shown in groups of four, whatever blanks it has. */; content: string };

/** Whose sign-in a method works for. */
export interface MethodContext {
  tenant: Tenant;
  accountId: AccountId;
  loginName: string;
  /** Uid of the interaction: codes and challenges are bound to it. */
  interaction: string;
  locale: Locale;
  /** Address of the browser. */
  address: string;
  /** In which lane the person's wrong tries count; the strangers' when absent. */
  lane?: Lane | undefined;
  /** When the password was last set by a link in a mail: a number that is newer yet proves nothing. */
  recoveredAt?: number | undefined;
  /** Milliseconds since the epoch. */
  now: number;
}

/** How a code travels to a person who reads or hears it. */
export type CodeChannel = 'sms' | 'voice';

/** A code that is on its way. Times in milliseconds since the epoch. */
export interface Sent {
  channel: CodeChannel;
  /** Last two digits of the number. */
  ending: string;
  at: number;
  /** When another one may be asked for. */
  againAt: number;
  /** Finds news of it (DeliveryStore). */
  delivery?: string | undefined;
}

/**
 * Why something was not accepted; the page has a text for each (`factor.<kind>.problem.<reason>`, else
 * `problem.<reason>`).
 * empty, malformed: could never be right · wrong: a wrong code · clock: right for another time, so the device's clock is
 * off · used: was accepted before · foreign: somebody else's key · expired: none is waiting any more ·
 * taken: belongs to another account · too-many: the person has as many methods as anybody can have ·
 * unavailable: the other side does not answer, another method does · undeliverable: the number can't be reached ·
 * phone-number: no phone number · phone-country: a country that this tenant does not send to · cancelled: the person
 * or the browser broke it off · unsupported: this browser can't · phone-shared: as many accounts have the number as may
 */
export const REFUSALS = [
  'empty',
  'malformed',
  'wrong',
  'clock',
  'used',
  'foreign',
  'expired',
  'taken',
  'too-many',
  'unavailable',
  'undeliverable',
  'phone-number',
  'phone-country',
  'phone-shared',
  'cancelled',
  'unsupported',
] as const;

export type Refusal = (typeof REFUSALS)[number];

const GUESSES: ReadonlySet<Refusal> = new Set(['wrong', 'clock', 'used', 'foreign']);

/** Whether a refusal tells a guesser something, so that it counts against the person's tries (ground rule 5). */
export function isGuess(reason: Refusal): boolean {
  return GUESSES.has(reason);
}

/** What sending a code came to. */
export type SendOutcome =
  | { kind: 'sent'; sent: Sent }
  /** Too soon or too often; `until` in milliseconds since the epoch. */
  | { kind: 'wait'; until: number }
  | { kind: 'refused'; reason: Refusal };

/** What one proved use is worth: as honest as the use itself (a passkey may or may not have checked the user). */
export interface Proof {
  amr: readonly Amr[];
  phishingResistant: boolean;
}

/** Answer to a proof at sign-in. `factorId` and `use` are what the caller records, compare-and-set, before it counts. */
export type SignInCheck =
  | { ok: true; factorId: string; use: FactorUse; proof: Proof }
  /** Consumed already, and no factor of the store (a backup code). */
  | { ok: true; factorId: undefined; proof: Proof }
  | { ok: false; reason: Refusal };

/** Answer to asking for a code while setting up; `pending` is kept sealed in the flow until proved. */
export type SetUpRequest =
  | { kind: 'sent'; pending: string; sent: Sent }
  | { kind: 'wait'; until: number }
  | { kind: 'refused'; reason: Refusal };

/** What a proved set-up leaves to keep. */
export type SetUpAnswer =
  | {
      ok: true;
      /** `Factor.data`. */
      data: string;
      counter?: number | undefined;
      /** Keyed digest: `Factor.identity`. */
      identity?: string | undefined;
      /** A name for it, when the person gives none. */
      label?: string | undefined;
      proof: Proof;
    }
  | { ok: false; reason: Refusal };

/** How a method is set up. */
export interface SetUpMethod {
  /** Page it stands on (`sms`, `yubikey`, `app`); its data-step is `enrol-<page>`. Methods may share one. */
  readonly page: string;
  /** Made when the page is first shown, and again when the person asks for a new one: the method's data so far, as JSON text. */
  begin?(): string;
  /** The field to show now. */
  field(context: MethodContext, pending: string | undefined): FieldSpec;
  /** What else to show now. */
  blocks?(context: MethodContext, pending: string | undefined): SetUpBlock[];
  /** Sends a code to what was typed (`phone`), or again to what is pending when `phone` is undefined. */
  request?(
    context: MethodContext,
    asked: { phone: string | undefined; channel: CodeChannel },
    pending: string | undefined,
  ): Promise<SetUpRequest>;
  /** Proves it. Whatever it consumes, it consumes before it answers ok. */
  prove(context: MethodContext, pending: string | undefined, typed: Typed): Promise<SetUpAnswer>;
}

/** How a method is used at sign-in. `factors` are the person's own of this kind. */
export interface SignInMethod {
  /** Whether the field depends on the person's own factors; they are not read for methods that look at none. */
  readonly fieldShowsFactors?: boolean | undefined;
  field(context: MethodContext, factors: readonly Factor[], sent: Sent | undefined): FieldSpec;
  /** Sends a code; only for methods that need one sent. A new code ends the old one. */
  send?(context: MethodContext, factors: readonly Factor[], channel: CodeChannel): Promise<SendOutcome>;
  /** Whether it could be right at all, seen by its form; what could not is not counted as a try. */
  isPlausible(typed: Typed): boolean;
  /** Checks it. One-time codes and challenges are consumed here; the counter by the caller. */
  check(context: MethodContext, factors: readonly Factor[], typed: Typed): Promise<SignInCheck>;
}

/** What a passkey is asked for. */
export type PasskeyPurpose = 'set-up' | 'sign-in';

/**
 * Contract of a second-step method. A method is one file in interactions/factors and one line in its registry;
 * it states its own dependencies, fields and checks, and knows nothing of pages, flows or other methods.
 * Its texts are under `factor.<kind>` in the language files: `name`, `choose` (in a list of ways), …
 */
export interface FactorMethod {
  readonly kind: string;
  /** Name of its line icon. */
  readonly icon: string;
  /** Whether a use of it can be phishing-resistant. */
  readonly phishingResistant: boolean;
  /** Ways in which it sends codes for this tenant, the usual one first; empty for methods that send none. */
  channels(tenant: Pick<Tenant, 'settings'>): readonly CodeChannel[];
  /** Absent for what is not set up by the person on a page of its own (a backup code). */
  readonly setUp?: SetUpMethod | undefined;
  readonly signIn: SignInMethod;
  /** Options for the script of a passkey field; keeps the challenge. */
  passkeyOptions?(
    context: MethodContext,
    purpose: PasskeyPurpose,
    factors: readonly Factor[],
  ): Promise<object>;
}
