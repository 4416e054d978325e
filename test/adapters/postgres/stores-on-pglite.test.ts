import { createTestPglite } from '../../support/postgres.ts';
import { runStoreContracts } from './store-contracts.ts';

runStoreContracts('PGlite', async (t) => {
  const database = await createTestPglite(t);
  return { application: database, owner: database };
});
