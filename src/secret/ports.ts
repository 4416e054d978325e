/**
 * Seals reversible secrets at rest: AES-256-GCM under a key with an id (ground rule 9, ASVS 11.3).
 * `context` says what the value is and whose (for example `factor:<tenant>:<id>`); it is authenticated, so a
 * sealed value moved to another row does not open.
 */
export interface Sealer {
  /** Text in, printable sealed text out (`v1.<key id>.<iv>.<ciphertext+tag>`, base64url parts). */
  seal(plaintext: string, context: string): string;
  /** Throws AppError `seal-broken` when the value was altered, moved, or sealed under an unknown key. */
  open(sealed: string, context: string): string;
}

/** What a digest is of; the same value has another digest for each. */
export type DigestPurpose =
  | 'email'
  | 'phone'
  | 'login-name'
  | 'address'
  | 'factor-identity'
  | 'one-time-code'
  | 'backup-code'
  | 'security-answer'
  | 'link-code'
  | 'recovery-name'
  | 'browser'
  | 'user-agent'
  | 'session'
  | 'audit-chain';

/**
 * Keyed digests for values that must be found but not read (an e-mail address), and for names that must not be
 * kept (an unknown login name); also the pepper of short secrets before they are hashed: HMAC-SHA-256, base64url.
 */
export interface Digester {
  digest(purpose: DigestPurpose, value: string): string;
}

/**
 * Password hashing away from the event loop: argon2id in worker threads, a bounded queue.
 * Both calls throw AppError `hash-queue-full` (503, Retry-After) when the queue is full.
 */
export interface PasswordHasher {
  /** PHC string. The password is normalised to NFC here and nowhere else (RFC 8265 §4.2). */
  hash(password: string): Promise<string>;
  /**
   * Compares with a PHC string; undefined compares with a dummy of the same cost and is never equal (rule 3).
   * `outdated`: the hash was made with weaker parameters than today's.
   */
  verify(hash: string | undefined, password: string): Promise<{ ok: boolean; outdated: boolean }>;
}

/**
 * Runs work while no other process of this installation runs work under the same lock: what a first start makes at
 * some cost (keys) is made once. Whoever waited looks again before making anything. Never call it inside its own
 * work. Throws AppError `store-unavailable` when another process keeps it too long or the store does not answer;
 * what the work throws passes as it is.
 */
export type FirstStartLock = <T>(work: () => Promise<T>) => Promise<T>;
