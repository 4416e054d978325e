import type { Clock } from '#src/clock.ts';
import type { FlowStore, StoredFlow } from '#src/sign-in/ports.ts';
import { ExpiringMap } from './expiring-map.ts';

/** The flow store in this process: twin of the Redis one. Everything in it ends with the process. */
export function createMemoryFlowStore({ clock }: { clock: Clock }): FlowStore {
  const flows = new ExpiringMap<StoredFlow>(clock);
  const nameOf = (tenantId: string, uid: string) => `${tenantId}:${uid}`;
  return {
    async load(tenantId, uid) {
      const flow = flows.get(nameOf(tenantId, uid));
      return flow === undefined ? undefined : { ...flow };
    },
    async save(tenantId, uid, value, expected, ttl) {
      const name = nameOf(tenantId, uid);
      if ((flows.get(name)?.version ?? 0) !== expected) return false;
      flows.set(name, { value, version: expected + 1 }, clock.now() + Math.round(ttl * 1000));
      return true;
    },
    async remove(tenantId, uid) {
      flows.delete(nameOf(tenantId, uid));
    },
  };
}
