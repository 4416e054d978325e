import type { Clock } from '#src/clock.ts';
import type { OneTimeStore } from '#src/message/ports.ts';
import { ExpiringMap } from './expiring-map.ts';

interface Secret {
  digest: string;
  binding: string;
  /** How many are left. */
  tries: number;
}

/** The store of one-time secrets in this process: twin of the Redis one. */
export function createMemoryOneTimeStore({ clock }: { clock: Clock }): OneTimeStore {
  const secrets = new ExpiringMap<Secret>(clock);
  const nameOf = (tenantId: string, slot: string) => `${tenantId}:${slot}`;
  return {
    async put(tenantId, slot, { digest, binding, tries, ttl }) {
      const expiresAt = clock.now() + Math.round(ttl * 1000);
      secrets.set(nameOf(tenantId, slot), { digest, binding, tries }, expiresAt);
    },
    async redeem(tenantId, slot, given) {
      const name = nameOf(tenantId, slot);
      const secret = secrets.get(name);
      if (secret?.binding !== given.binding) return 'gone';
      secret.tries -= 1;
      const right = secret.digest === given.digest;
      if (right || secret.tries <= 0) secrets.delete(name);
      return right ? 'right' : 'wrong';
    },
    async waits(tenantId, slot, binding) {
      return secrets.get(nameOf(tenantId, slot))?.binding === binding;
    },
    async remove(tenantId, slot) {
      secrets.delete(nameOf(tenantId, slot));
    },
  };
}
