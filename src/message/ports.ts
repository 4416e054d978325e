import type { TenantId } from '#src/tenant/tenant.ts';

/** How a message reaches a person. */
export type Channel = 'sms' | 'voice' | 'email';

/** One message to one person, as it leaves. `at` is in milliseconds since the epoch. */
export interface Message {
  at: number;
  channel: Channel;
  /** E.164 or e-mail address. */
  to: string;
  /** E-mail only. */
  subject?: string | undefined;
  text: string;
  /** E-mail only: the same in HTML, for who reads it so. */
  html?: string | undefined;
  /** Language that a voice reads it in, and of an e-mail's look. */
  locale?: 'nl' | 'en' | undefined;
}

/** Where messages leave the house without anybody waiting for what becomes of them: the trial's letterbox. */
export interface MessageOutlet {
  send(message: Message): Promise<void>;
}

/**
 * Why a message did not leave. `number`: the receiver can't be reached by this channel (wrong, blocked, abroad).
 * `balance`: the account at the supplier is empty. `rejected`: the supplier wants none of it (credentials, sender).
 * `unreachable`: no answer in time, a broken connection, or an answer that makes no sense.
 */
export type DeliveryFault = 'number' | 'balance' | 'rejected' | 'unreachable';

/** What came of handing a message over. `delivery` finds later news of it (DeliveryStore); absent where none comes. */
export type SendResult =
  | { ok: true; supplier: string; delivery?: string | undefined }
  | { ok: false; fault: DeliveryFault };

/** A message with whose it is; `delivery` is the id under which news of it is to be filed. */
export interface Dispatch extends Message {
  tenantId: TenantId;
  /** Issuer of the tenant: suppliers report to addresses under it. */
  issuer: string;
  /** A random UUID. */
  delivery: string;
}

/** One way out: a gateway, a voice service, an SMTP server, the trial's letterbox. Never throws. */
export interface Supplier {
  /** As configured and logged: `messagebird`, `http`, `smtp`, `outbox`. */
  readonly name: string;
  readonly channels: readonly Channel[];
  /** Gives up when `signal` aborts. The detail of a fault is logged by the supplier, never the text. */
  send(dispatch: Dispatch, signal: AbortSignal): Promise<SendResult>;
}

/** A message that is to leave. `delivery` is named by who may send the same one again; others get a new one each try. */
export type Order = Omit<Dispatch, 'delivery' | 'at'> & { delivery?: string | undefined };

/** Hands a message to the first supplier of its channel that takes it, within 10 s over all tries. Never throws. */
export interface Courier {
  /** Channels that some supplier serves. */
  readonly channels: readonly Channel[];
  send(order: Order): Promise<SendResult>;
}

/** What a supplier told later. */
export type DeliveryState = 'accepted' | 'delivered' | 'failed';

/** News of messages under way, kept briefly: while somebody waits for a code. */
export interface DeliveryStore {
  /** Keeps the state for `ttl` seconds. A later `accepted` never overwrites an end. */
  record(tenantId: TenantId, delivery: string, state: DeliveryState, ttl: number): Promise<void>;
  find(tenantId: TenantId, delivery: string): Promise<DeliveryState | undefined>;
}

/** What came of a try: `gone` means none is waiting (never, used, too old, replaced, or out of tries). */
export type RedeemResult = 'right' | 'wrong' | 'gone';

/**
 * Short-lived secrets that are guessed or typed: codes by SMS, voice and mail, challenges of WebAuthn. One per
 * `slot` (`sign-in:<account>`, `challenge:<interaction>`): a new one takes the old one's place. Redeeming is one
 * atomic step: a try is counted before it is compared, a right one is consumed, and of 50 parallel right tries
 * one is `right`. What was made for another `binding` (interaction, person, purpose) is `gone`, and costs it no try.
 */
export interface OneTimeStore {
  /** `digest` is a keyed digest of the secret; `tries` is how many may be made; `ttl` in seconds. */
  put(
    tenantId: TenantId,
    slot: string,
    secret: { digest: string; binding: string; tries: number; ttl: number },
  ): Promise<void>;
  redeem(tenantId: TenantId, slot: string, given: { digest: string; binding: string }): Promise<RedeemResult>;
  /** Whether one is waiting for this binding. */
  waits(tenantId: TenantId, slot: string, binding: string): Promise<boolean>;
  remove(tenantId: TenantId, slot: string): Promise<void>;
}
