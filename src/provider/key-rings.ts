import type { Log } from '#src/log.ts';
import type { RevisionWatch } from '#src/revision/watch.ts';
import type { TenantId } from '#src/tenant/tenant.ts';
import type { CookieSigner } from './cookie-signer.ts';
import { createKeptRing, type KeptRing } from './kept-ring.ts';
import { cookieRing, type LiveKey, type SigningRing, signingRing } from './key-ring.ts';
import { COOKIE_KEYS, ensureKeys, type FirstKeyParts, signingKeysOf } from './keys.ts';
import type { KeyOwner } from './ports.ts';
import { type RollParts, rollKeys } from './roll-keys.ts';

export interface KeyRingsParts extends FirstKeyParts, RollParts {
  revisions: Pick<RevisionWatch, 'of'>;
}

/** The keys that this process signs and verifies with. Disposing waits for a roll that is under way. */
export interface KeyRings extends AsyncDisposable {
  /** A tenant's keys, made on first use. The same object until something in it changes. */
  of(tenantId: TenantId): Promise<SigningRing>;
  /** The installation's cookie keys, likewise. */
  cookies(): Promise<CookieSigner>;
  /** Lets go of what a tenant's keys hold in memory; they are read again at the next use. */
  forget(tenantId: TenantId): void;
}

/** Makes keys one after the other, so that RSA never takes more than one of libuv's four threads. */
function createBackground(parts: KeyRingsParts) {
  let last = Promise.resolve();
  let closed = false;
  const roll = async (owner: KeyOwner) => {
    if (closed) return;
    try {
      await rollKeys(parts, owner);
    } catch (err) {
      parts.log.warn({ tenantId: owner.tenantId, purpose: owner.purpose, err }, 'keys could not be rolled');
    }
  };
  return {
    add(owner: KeyOwner): void {
      last = last.then(() => roll(owner));
    },
    close(): Promise<void> {
      closed = true;
      return last;
    },
  };
}

/** Tells of an outage once, not at every request. */
function createOutageLog(log: Log) {
  let away = false;
  return (err: unknown) => {
    if (err !== undefined && !away)
      log.warn({ err }, 'keys can not be read anew; the known ones go on serving');
    away = err !== undefined;
  };
}

/** Opens the key rings of one process. */
export function openKeyRings(parts: KeyRingsParts): KeyRings {
  const background = createBackground(parts);
  const onRead = createOutageLog(parts.log);
  const keep = <R>(owner: KeyOwner, shape: (live: readonly LiveKey[]) => R): KeptRing<R> =>
    createKeptRing({
      owner,
      shape,
      onRead,
      schedule: parts.schedule,
      clock: parts.clock,
      load: () => ensureKeys(parts, owner),
      revision: () => parts.revisions.of('keys'),
      onDue: () => background.add(owner),
    });
  const cookies = keep(COOKIE_KEYS, cookieRing);
  const tenants = new Map<TenantId, KeptRing<SigningRing>>();
  return {
    of(tenantId) {
      const known = tenants.get(tenantId) ?? keep(signingKeysOf(tenantId), signingRing);
      tenants.set(tenantId, known);
      return known.current();
    },
    cookies: () => cookies.current(),
    forget: (tenantId) => {
      tenants.delete(tenantId);
    },
    [Symbol.asyncDispose]: () => background.close(),
  };
}
