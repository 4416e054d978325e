import { randomUUID } from 'node:crypto';
import { createMemoryDeliveryStore } from '#adapters/memory/delivery-store.ts';
import { describeDeliveryStoreContract } from '../../contracts/delivery-store.ts';
import { createTestClock } from '../../support/clock.ts';

describeDeliveryStoreContract('memory', async () => {
  const clock = createTestClock();
  return {
    store: createMemoryDeliveryStore({ clock }),
    tenantId: randomUUID(),
    otherTenantId: randomUUID(),
    now: clock.now,
    pass: async (ms) => clock.advance(ms),
  };
});
