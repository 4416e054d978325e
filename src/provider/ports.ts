import type { TenantId } from '#src/tenant/tenant.ts';
import type { KeyTimes } from './key-roles.ts';

/** What oidc-provider keeps under a model's name: a plain JSON object. */
export type ArtifactPayload = Record<string, unknown>;

/** A stored artifact and how often, and first when, it was consumed (milliseconds since the epoch). */
export interface StoredArtifact {
  payload: ArtifactPayload;
  uses: number;
  firstUsedAt: number | undefined;
  /** Milliseconds since the epoch, when `extend` moved it; else undefined and the payload's own `exp` holds. */
  expiresAt?: number | undefined;
}

/** A code or token with what it hangs on: the grant and the session that its payload names, as far as they are there. */
export interface ArtifactInContext {
  artifact: StoredArtifact;
  grant: StoredArtifact | undefined;
  session: StoredArtifact | undefined;
}

export interface ArtifactWrite {
  tenantId: TenantId;
  /** oidc-provider's model name: Session, Grant, AuthorizationCode, AccessToken … */
  model: string;
  id: string;
  payload: ArtifactPayload;
  /** Seconds; nothing here lives for ever. Zero or less removes the artifact. */
  expiresIn: number;
  /** Set for what belongs to a grant: it dies with the grant. A Grant belongs to itself without it. */
  grantId?: string | undefined;
  /** Set for sessions and interactions: the second name they are found by. */
  uid?: string | undefined;
  /** Set for sessions and grants: the account index that "end all" follows. */
  accountId?: string | undefined;
  /** Id of the session that goes on under this new one: it goes in the same step, so that it is never not there. */
  replaces?: string | undefined;
}

/**
 * Seconds for which an ended grant or session is remembered. Only a request that read it before its end can still
 * write something that names it, and requests are cut off within a minute; an hour is also the longest life of an
 * interaction that remembers a grant.
 */
export const ENDED_SECONDS = 3_600;

/** Answer to a write; only `stored` changed anything. */
export type UpsertResult = 'stored' | 'grant-revoked' | 'session-ended';

/** `won`: first use. `repeated`: second use within the grace. `lost`: already used. `gone`: not there. */
export type ConsumeResult = 'won' | 'repeated' | 'lost' | 'gone';

/** An artifact with the id that it is kept under. */
export type NamedArtifact = StoredArtifact & { id: string };

/** The session of an account that goes by a uid, or all but that one. */
export interface SessionsToEnd {
  uid: string;
  end: 'this' | 'others';
}

/**
 * Volatile store of oidc-provider's artifacts. Times to live are exact; every check-then-act is one atomic step.
 * Every method throws AppError `store-unavailable` when the store can't answer.
 */
export interface ArtifactStore {
  /**
   * Writes an artifact and its indexes in one step. An overwrite keeps the count of uses. `grant-revoked` when it
   * names a grant that was revoked meanwhile (the winner of a code whose loser ended the grant gets nothing);
   * `session-ended` when a request that was under way would bring back a session destroyed meanwhile, under
   * whichever id: its uid stays its own.
   */
  upsert(write: ArtifactWrite): Promise<UpsertResult>;
  find(tenantId: TenantId, model: string, id: string): Promise<StoredArtifact | undefined>;
  findByUid(tenantId: TenantId, model: string, uid: string): Promise<StoredArtifact | undefined>;
  /**
   * Finds a code or token and, in the same step, the Grant of its payload's `grantId` and the Session with its
   * payload's `sessionUid`: what a request goes on to ask for anyhow.
   */
  findInContext(tenantId: TenantId, model: string, id: string): Promise<ArtifactInContext | undefined>;
  /** Compare-and-set. `grace` in milliseconds: within it, one single repeat is still answered (rule 4). */
  consume(
    tenantId: TenantId,
    model: string,
    id: string,
    options: { now: number; grace: number },
  ): Promise<ConsumeResult>;
  /** Removes one artifact and its places in the indexes; a Grant goes with all it holds by `revokeGrant`. */
  destroy(tenantId: TenantId, model: string, id: string): Promise<void>;
  /**
   * Moves the end of an artifact to `now` (ms) + `expiresIn` (s), only while it is still there; false when it is
   * gone. Its uid index and its place in the account index move along.
   */
  extend(
    tenantId: TenantId,
    model: string,
    id: string,
    options: { expiresIn: number; now: number },
  ): Promise<boolean>;
  /** Ends a grant and all it holds; costs what the grant holds. Later writes that name it are refused. */
  revokeGrant(tenantId: TenantId, grantId: string): Promise<void>;
  /** Every living session, or grant, of an account, each with its id; in no order. */
  ofAccount(tenantId: TenantId, model: 'Session' | 'Grant', accountId: string): Promise<NamedArtifact[]>;
  /**
   * Ends sessions of an account in one step: under whichever ids they are by then, and none of them comes back under
   * another one. Answers what ended, as it was; in no order.
   */
  endSessions(tenantId: TenantId, accountId: string, which: SessionsToEnd): Promise<NamedArtifact[]>;
  /** Ends every session and every grant of an account; says how many there were. */
  endAccount(tenantId: TenantId, accountId: string): Promise<{ sessions: number; grants: number }>;
}

/** A registered relying party, as oidc-provider's client metadata (RFC 7591 names), secret included. */
export type ClientMetadata = Record<string, unknown> & { client_id: string };

/** Durable store of clients that operators register; client secrets are sealed at rest. */
export interface ClientStore {
  find(tenantId: TenantId, clientId: string): Promise<ClientMetadata | undefined>;
  /** False when the client_id is taken. */
  add(tenantId: TenantId, client: ClientMetadata): Promise<boolean>;
  list(tenantId: TenantId): Promise<ClientMetadata[]>;
  remove(tenantId: TenantId, clientId: string): Promise<boolean>;
}

/** Whose keys, and what for: `signing` keys belong to a tenant, `cookie` and `digest` keys to the installation. */
export type KeyOwner =
  | { purpose: 'signing'; tenantId: TenantId }
  | { purpose: 'cookie' | 'digest'; tenantId: undefined };

/** A key as kept, with the times that its role follows from (key-roles.ts). */
export interface StoredKey extends KeyTimes {
  purpose: KeyOwner['purpose'];
  tenantId: TenantId | undefined;
  /** Signing: EC, RSA or OKP. Else `hmac`. */
  kind: 'ec' | 'rsa' | 'okp' | 'hmac';
  /** A private JWK (signing) or base64url bytes (cookie, digest), opened; undefined once it was wiped. */
  secret: string | undefined;
}

/** A key to be kept. */
export type NewKey = Omit<StoredKey, 'withdrawnAt' | 'secret'> & { secret: string };

/** What happens to an owner's keys in one step; `at` in milliseconds. */
export interface KeyChange {
  add?: NewKey | undefined;
  withdraw?: readonly { id: string; at: number }[];
}

/** Where keys are kept, sealed at rest. Every change is counted as a revision of `keys` in the step that makes it. */
export interface KeyStore {
  /** Every key that ever was, oldest first by when it begins to sign. */
  list(owner: KeyOwner): Promise<StoredKey[]>;
  /**
   * All of a change or nothing. False when another process was first: the key that the new one succeeds has a
   * successor (or the kind its first key), or a key to withdraw is withdrawn. The caller lists again.
   */
  change(owner: KeyOwner, change: KeyChange): Promise<boolean>;
  /** Forgets secrets for good; keys that were not withdrawn are so from `at` on. */
  wipe(owner: KeyOwner, ids: readonly string[], at: number): Promise<void>;
}
