import { openEmbedded } from '#adapters/postgres/embedded.ts';
import { migrate } from '#adapters/postgres/migrate.ts';
import { createSetting } from './store-contracts.ts';

// A process that uses the data folder named to it until it is killed. Says so once a client is kept.
const database = await openEmbedded({ dataDir: process.argv[2] });
await migrate(database.db);
const { clients, tenantId } = await createSetting(database);
await clients.add(tenantId, { client_id: 'verzuim' });
process.stdout.write(`${tenantId}\n`);
setInterval(() => {}, 60_000);
