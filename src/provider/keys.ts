import type { Clock } from '#src/clock.ts';
import type { TenantId } from '#src/tenant/tenant.ts';
import { planFirst } from './key-plan.ts';
import { kindsOf, makeKey } from './make-key.ts';
import type { KeyOwner, KeyStore, StoredKey } from './ports.ts';

/** Whose key it is when it belongs to no tenant. */
export const COOKIE_KEYS: KeyOwner = { purpose: 'cookie', tenantId: undefined };
/** The one key of the blind indexes. */
export const DIGEST_KEYS: KeyOwner = { purpose: 'digest', tenantId: undefined };

/** The keys that sign a tenant's tokens. */
export function signingKeysOf(tenantId: TenantId): KeyOwner {
  return { purpose: 'signing', tenantId };
}

export interface FirstKeyParts {
  keys: KeyStore;
  clock: Clock;
  /** Lets one process at a time do what a first start does, so that none makes keys in vain. */
  firstStart?: (<T>(work: () => Promise<T>) => Promise<T>) | undefined;
}

function missingIn(stored: readonly StoredKey[], owner: KeyOwner, now: number) {
  return kindsOf(owner).flatMap((kind) => {
    const add = planFirst(
      stored.filter((key) => key.kind === kind),
      now,
    )?.add;
    return add === undefined ? [] : [{ kind, ...add }];
  });
}

async function makeMissing({ keys, clock }: FirstKeyParts, owner: KeyOwner): Promise<StoredKey[]> {
  const now = clock.now();
  const stored = await keys.list(owner);
  const missing = missingIn(stored, owner, now);
  if (missing.length === 0) return stored;
  const made = await Promise.all(
    missing.map(({ kind, ...times }) => makeKey(owner, kind, { ...times, createdAt: now })),
  );
  for (const key of made) await keys.change(owner, { add: key });
  return keys.list(owner);
}

/**
 * An owner's keys, with a current one of every kind: on first use they are made. Safe when two processes race, also
 * without the lock: one's keys are kept and both take them.
 */
export async function ensureKeys(parts: FirstKeyParts, owner: KeyOwner): Promise<StoredKey[]> {
  const { keys, clock, firstStart = (work) => work() } = parts;
  const stored = await keys.list(owner);
  if (missingIn(stored, owner, clock.now()).length === 0) return stored;
  return firstStart(() => makeMissing(parts, owner));
}

/** The key of the blind indexes (e-mail, login names, addresses). It never rolls: they would find nothing any more. */
export async function ensureDigestKey(parts: FirstKeyParts): Promise<Buffer> {
  const [key] = await ensureKeys(parts, DIGEST_KEYS);
  if (key?.secret === undefined) throw new Error('the key store lost the digest key that it just kept');
  return Buffer.from(key.secret, 'base64url');
}
