import { randomUUID } from 'node:crypto';
import { createMemoryFlowStore } from '#adapters/memory/flow-store.ts';
import { describeFlowStoreContract } from '../../contracts/flow-store.ts';
import { createTestClock } from '../../support/clock.ts';

describeFlowStoreContract('memory', async () => {
  const clock = createTestClock();
  return {
    store: createMemoryFlowStore({ clock }),
    tenantId: randomUUID(),
    otherTenantId: randomUUID(),
    now: clock.now,
    pass: async (ms) => clock.advance(ms),
  };
});
