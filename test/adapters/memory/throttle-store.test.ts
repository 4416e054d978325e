import { randomUUID } from 'node:crypto';
import { createMemoryThrottleStore } from '#adapters/memory/throttle-store.ts';
import { describeThrottleStoreContract } from '../../contracts/throttle-store.ts';
import { createTestClock } from '../../support/clock.ts';

describeThrottleStoreContract('memory', async () => {
  const clock = createTestClock();
  return {
    store: createMemoryThrottleStore({ clock }),
    tenantId: randomUUID(),
    otherTenantId: randomUUID(),
    now: clock.now,
    pass: async (ms) => clock.advance(ms),
  };
});
