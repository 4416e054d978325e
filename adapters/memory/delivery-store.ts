import type { Clock } from '#src/clock.ts';
import type { DeliveryState, DeliveryStore } from '#src/message/ports.ts';
import { ExpiringMap } from './expiring-map.ts';

/** The delivery store in this process: twin of the Redis one. */
export function createMemoryDeliveryStore({ clock }: { clock: Clock }): DeliveryStore {
  const states = new ExpiringMap<DeliveryState>(clock);
  const nameOf = (tenantId: string, delivery: string) => `${tenantId}:${delivery}`;
  return {
    async record(tenantId, delivery, state, ttl) {
      const name = nameOf(tenantId, delivery);
      const known = states.get(name);
      if (known !== undefined && known !== 'accepted' && state === 'accepted') return;
      states.set(name, state, clock.now() + Math.round(ttl * 1000));
    },
    async find(tenantId, delivery) {
      return states.get(nameOf(tenantId, delivery));
    },
  };
}
