import { createTestDatabase } from '../../support/postgres.ts';
import { runStoreContracts } from './store-contracts.ts';

runStoreContracts('Postgres', (t) => createTestDatabase(t));
