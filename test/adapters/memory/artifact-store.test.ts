import { randomUUID } from 'node:crypto';
import { createMemoryArtifactStore } from '#adapters/memory/artifact-store.ts';
import { describeArtifactStoreContract } from '../../contracts/artifact-store.ts';
import { createTestClock } from '../../support/clock.ts';

describeArtifactStoreContract('memory', async () => {
  const clock = createTestClock();
  return {
    store: createMemoryArtifactStore({ clock }),
    tenantId: randomUUID(),
    otherTenantId: randomUUID(),
    now: clock.now,
    pass: async (ms) => clock.advance(ms),
  };
});
