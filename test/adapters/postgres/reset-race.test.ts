import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { type Kysely, sql } from 'kysely';
import type { Database } from '#adapters/postgres/schema.ts';
import { createAccount, newAccount } from '../../contracts/account-store.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import { createSetting, newFactor } from './store-contracts.ts';

/** Whether some statement waits for a row that another transaction holds. */
async function someoneWaits(db: Kysely<Database>): Promise<boolean> {
  // Whoever waits for a row waits for the other transaction's end, and holds a lock on the table meanwhile.
  const { rows } = await sql`
    select 1 from pg_locks as waits join pg_locks as holds on holds.pid = waits.pid
    where waits.locktype = 'transactionid' and not waits.granted
      and holds.database = (select oid from pg_database where datname = current_database())`.execute(db);
  return rows.length > 0;
}

type Setting = Awaited<ReturnType<typeof createSetting>>;
type Adding = (setting: Setting, accountId: string) => Promise<unknown>;

const adding: Record<string, Adding> = {
  'a further factor': ({ factors, tenantId }, accountId) => factors.add(newFactor(tenantId, accountId), 1),
  'a backup code': ({ backupCodes, tenantId }, accountId) =>
    backupCodes.replace(tenantId, accountId, { id: randomUUID(), hash: '', createdAt: 1 }, undefined),
  'the mark of being done': ({ enrolments, tenantId }, accountId) =>
    enrolments.finish(tenantId, accountId, 1),
};

describe('while a reset of the second step is under way', () => {
  for (const [name, add] of Object.entries(adding)) {
    test(`${name} waits for its end, and is not kept`, async (t) => {
      const { application, owner } = await createTestDatabase(t);
      const setting = await createSetting(application);
      const { accounts, factors, backupCodes, enrolments, tenantId } = setting;
      const { id: accountId } = await createAccount(accounts, newAccount(tenantId, 'werkgever'));
      await factors.addFirst(newFactor(tenantId, accountId), 1);
      const reset = await application.forTenant(tenantId).startTransaction().execute();
      await reset.updateTable('account').set({ enrolled_at: null }).where('id', '=', accountId).execute();
      await reset.deleteFrom('factor').where('account_id', '=', accountId).execute();
      const waiting = { is: true };
      const added = add(setting, accountId).finally(() => {
        waiting.is = false;
      });
      while (waiting.is && !(await someoneWaits(owner.db)));
      const waited = waiting.is;
      await reset.commit().execute();
      await added;
      assert.ok(waited, 'it did not wait');
      assert.deepEqual(await factors.list(tenantId, accountId), []);
      assert.equal(await backupCodes.find(tenantId, accountId), undefined);
      assert.equal((await enrolments.load(tenantId, accountId)).finishedAt, undefined);
    });
  }
});
