import type { AccountId } from '#src/account/account.ts';
import type { TenantId } from '#src/tenant/tenant.ts';

/** Who did it (NEN 7513: responsible user). `person`: by their own browser; `operator`: by command, API or console. */
export type Actor =
  | { kind: 'person' | 'operator' | 'client'; id: string }
  /** Nobody we know: a browser that has not signed in. */
  | { kind: 'anonymous' | 'system' };

/** One thing that happened, as its author tells it (design/security.md, "Audit log"). */
export interface AuditEntry {
  tenantId: TenantId;
  /** One of the names in events.ts. */
  event: string;
  outcome: 'success' | 'failure';
  /** Why: what an operator gave as reason, or the short name of a refusal. */
  reason?: string | undefined;
  /** About whom. */
  subject?: AccountId | undefined;
  actor: Actor;
  /** Id of the application. */
  client?: string | undefined;
  /** Session id; kept hashed. */
  session?: string | undefined;
  /** Kind of the second-step method. */
  factor?: string | undefined;
  acr?: string | undefined;
  /** The number that a person can name (R25). */
  reference?: string | undefined;
  /** What belongs together: the interaction, or the recovery. */
  trace?: string | undefined;
  /** From where: raw, kept apart and forgotten early; its keyed digest stays. */
  address?: string | undefined;
  userAgent?: string | undefined;
  /** Everything else, flat. Never a password, code, seed, answer, token, full number or address. */
  detail?: Readonly<Record<string, string | number | boolean | readonly string[]>> | undefined;
}

/** An entry as kept. Times in milliseconds since the epoch. */
export interface AuditRecord extends AuditEntry {
  /** Order of writing, over all tenants. */
  seq: number;
  /** A random UUID. */
  id: string;
  at: number;
  /** Version of the record's shape. */
  version: number;
  addressDigest: string | undefined;
  agentDigest: string | undefined;
}

/** A record before it is kept: the order is the store's to give. `session` is hashed by now. */
export type NewAuditRecord = Omit<AuditRecord, 'seq'>;

/**
 * Writes the audit log. Writing begins at once and goes on beside whatever else a request does; before a request
 * answers, it asks whether all of it is kept (ground rule 2: what can't be recorded does not happen).
 */
export interface AuditTrail {
  /** Begins to write. Never throws. */
  record(entry: AuditEntry): void;
  /** The same for what nobody waits for: when it can't be kept, the log says so and nothing else comes of it. */
  note(entry: AuditEntry): void;
  /**
   * Resolves when everything recorded so far under this reference is kept. Throws AppError `store-unavailable` when
   * some of it could not be.
   */
  settled(reference: string): Promise<void>;
}

/** Which events: from when (included) to when (not included), in milliseconds. */
export interface AuditSpan {
  from?: number | undefined;
  to?: number | undefined;
}

/** Which events, by name and outcome: `sign-in.password failure`. */
export type EventOutcome = `${string} ${AuditEntry['outcome']}`;

/** How often one thing happened to a person in one hour, for one reason. */
export interface AuditTally {
  reason: string | undefined;
  count: number;
  /** When it last did in that hour; milliseconds since the epoch. */
  at: number;
}

/** What was written, for who may read it. */
export interface AuditReading {
  /** What belongs to one number, oldest first. */
  byReference(tenantId: TenantId, reference: string, limit: number): Promise<AuditRecord[]>;
  /** What is about one person, newest first: before the event of that number, and no other than `of`. */
  bySubject(
    tenantId: TenantId,
    subject: AccountId,
    limit: number,
    which?: { before?: number | undefined; of?: readonly EventOutcome[] | undefined },
  ): Promise<AuditRecord[]>;
  /**
   * How often one thing happened to a person between two events, neither of them counted, newest first. One line for
   * each hour (UTC) and reason, however often it was: who guesses makes no long list.
   */
  tally(
    tenantId: TenantId,
    subject: AccountId,
    of: EventOutcome,
    between: { after: number; before?: number | undefined; limit: number },
  ): Promise<AuditTally[]>;
  /** In the order of writing, from behind `after` on. */
  page(tenantId: TenantId, span: AuditSpan & { after: number; limit: number }): Promise<AuditRecord[]>;
  count(tenantId: TenantId, span: AuditSpan): Promise<number>;
}

/** The audit log. Every method throws AppError `store-unavailable` when the store can't answer. */
export interface AuditStore extends AuditReading {
  /** Keeps all of them or none, and lists them as not sealed yet. What they came from is kept apart. */
  append(tenantId: TenantId, records: readonly NewAuditRecord[]): Promise<void>;
}

/** One batch of events: `content` is over them, `hash` over that, the seal before and all else here. */
export interface AuditSeal {
  /** From 1 on, without gaps. */
  number: number;
  /** The events, in the order of their numbers. */
  seqs: readonly number[];
  content: string;
  /** Hash of the seal before; empty for the first. */
  previous: string;
  hash: string;
  sealedAt: number;
}

/** What of an event a seal is over: all but what is forgotten early. */
export type SealedRecord = Omit<AuditRecord, 'address' | 'userAgent'>;

/** What a seal is made of. */
export interface SealMakings {
  tenantId: TenantId;
  last: Pick<AuditSeal, 'number' | 'hash'> | undefined;
  records: readonly SealedRecord[];
}

/** One line of the walk over all events. */
export interface WalkedEvent {
  seq: number;
  /** Whether it still waits for its seal. */
  pending: boolean;
}

/** The seals over the audit log. Every method throws AppError `store-unavailable` when the store can't answer. */
export interface AuditSealStore {
  /** Tenants with events that no seal covers yet. */
  tenantsToSeal(): Promise<TenantId[]>;
  /**
   * Keeps one more seal, over the oldest pending events, `limit` at most. Says how many it covers: none when there
   * are none, or when another process is at it.
   */
  sealNext(tenantId: TenantId, limit: number, make: (makings: SealMakings) => AuditSeal): Promise<number>;
  /** In the order of their numbers, from behind `after` on. */
  seals(tenantId: TenantId, page: { after: number; limit: number }): Promise<AuditSeal[]>;
  /** Those of these events that are there, in the order of their numbers. */
  records(tenantId: TenantId, seqs: readonly number[]): Promise<SealedRecord[]>;
  /** Every event that is there, in the order of their numbers, from behind `after` on. */
  walk(tenantId: TenantId, page: { after: number; limit: number }): Promise<WalkedEvent[]>;
  /** Events that are listed as pending and are not there. */
  lostPending(tenantId: TenantId): Promise<number[]>;
}

/** Everything before these moments, in milliseconds, may be forgotten. */
export interface RetentionLimits {
  events: number;
  origins: number;
  messages: number;
}

/** What retention would forget, or forgot. */
export interface RetentionCounts {
  events: number;
  origins: number;
  messages: number;
}

/** Forgets. Needs the owner role; every method throws AppError `store-unavailable` when the store can't answer. */
export interface AuditRetentionStore {
  /**
   * What there is to forget. `seals` is the number of the last seal that ended before `limits.events`, 0 when there
   * is none; events count up to that seal.
   */
  survey(tenantId: TenantId, limits: RetentionLimits): Promise<RetentionCounts & { seals: number }>;
  /**
   * Forgets the events of up to `limit` seals, from behind seal `after` on up to seal `upTo`; the seals stay. Gives the
   * last of these seals, and undefined when none was left.
   */
  forgetEvents(
    tenantId: TenantId,
    page: { after: number; upTo: number; limit: number },
  ): Promise<{ last: number; events: number } | undefined>;
  /** Forgets up to `limit` of them; says how many. */
  forgetOrigins(tenantId: TenantId, before: number, limit: number): Promise<number>;
  forgetMessages(tenantId: TenantId, before: number, limit: number): Promise<number>;
}
