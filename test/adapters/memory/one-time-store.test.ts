import { randomUUID } from 'node:crypto';
import { createMemoryOneTimeStore } from '#adapters/memory/one-time-store.ts';
import { describeOneTimeStoreContract } from '../../contracts/one-time-store.ts';
import { createTestClock } from '../../support/clock.ts';

describeOneTimeStoreContract('memory', async () => {
  const clock = createTestClock();
  return {
    store: createMemoryOneTimeStore({ clock }),
    tenantId: randomUUID(),
    otherTenantId: randomUUID(),
    now: clock.now,
    pass: async (ms) => clock.advance(ms),
  };
});
