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

/**
 * Writes the audit log. Writing begins at once and goes on beside whatever else a request does; before a request
 * answers, it asks whether all of it is kept (ground rule 2: what can't be recorded does not happen).
 */
export interface AuditTrail {
  /** Begins to write. Never throws. */
  record(entry: AuditEntry): void;
  /**
   * Resolves when everything recorded so far under this reference is kept. Throws AppError `store-unavailable` when
   * some of it could not be.
   */
  settled(reference: string): Promise<void>;
}
