import type { TenantId } from '#src/tenant/tenant.ts';

/** What oidc-provider keeps under a model's name: a plain JSON object. */
export type ArtifactPayload = Record<string, unknown>;

/** A stored artifact and how often, and first when, it was consumed (milliseconds since the epoch). */
export interface StoredArtifact {
  payload: ArtifactPayload;
  uses: number;
  firstUsedAt: number | undefined;
}

export interface ArtifactWrite {
  tenantId: TenantId;
  /** oidc-provider's model name: Session, Grant, AuthorizationCode, AccessToken … */
  model: string;
  id: string;
  payload: ArtifactPayload;
  /** Seconds; undefined only for models that never expire (none of the volatile ones). */
  expiresIn: number | undefined;
  /** Set for what belongs to a grant: it dies with the grant. */
  grantId?: string | undefined;
  /** Set for sessions and interactions: the second name they are found by. */
  uid?: string | undefined;
  /** Set for sessions and grants: the account index that "end all" follows. */
  accountId?: string | undefined;
}

/** `won`: first use. `repeated`: second use within the grace. `lost`: already used. `gone`: not there. */
export type ConsumeResult = 'won' | 'repeated' | 'lost' | 'gone';

/**
 * Volatile store of oidc-provider's artifacts. Times to live are exact; every check-then-act is one atomic step.
 * Every method throws AppError `store-unavailable` when the store can't answer.
 */
export interface ArtifactStore {
  /**
   * Writes an artifact and its indexes in one step. An overwrite keeps the count of uses. `grant-revoked` when it
   * names a grant that was revoked meanwhile (the winner of a code whose loser ended the grant gets nothing).
   */
  upsert(write: ArtifactWrite): Promise<'stored' | 'grant-revoked'>;
  find(tenantId: TenantId, model: string, id: string): Promise<StoredArtifact | undefined>;
  findByUid(tenantId: TenantId, model: string, uid: string): Promise<StoredArtifact | undefined>;
  /** Compare-and-set. `grace` in milliseconds: within it, one single repeat is still answered (rule 4). */
  consume(
    tenantId: TenantId,
    model: string,
    id: string,
    options: { now: number; grace: number },
  ): Promise<ConsumeResult>;
  destroy(tenantId: TenantId, model: string, id: string): Promise<void>;
  /** Ends a grant and all it holds; costs what the grant holds. Later writes that name it are refused. */
  revokeGrant(tenantId: TenantId, grantId: string): Promise<void>;
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

/** A key as kept: `secret` is a private JWK (signing) or base64url bytes (cookie, digest), opened. */
export interface StoredKey {
  id: string;
  /** `signing` keys belong to a tenant; `cookie` and `digest` keys to the installation (tenantId undefined). */
  purpose: 'signing' | 'cookie' | 'digest';
  tenantId: TenantId | undefined;
  /** Signing: EC, RSA or OKP. Else `hmac`. */
  kind: 'ec' | 'rsa' | 'okp' | 'hmac';
  secret: string;
  createdAt: number;
}

/** Where keys are kept, sealed at rest. */
export interface KeyStore {
  list(purpose: StoredKey['purpose'], tenantId: TenantId | undefined): Promise<StoredKey[]>;
  /**
   * Adds a key unless one of the same purpose, tenant and kind is current already (the loser of two first
   * starts takes the winner's); the caller lists again afterwards.
   */
  addIfMissing(key: StoredKey): Promise<void>;
}
