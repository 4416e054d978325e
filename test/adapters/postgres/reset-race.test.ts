import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { createAccount, newAccount } from '../../contracts/account-store.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import { someoneWaits } from './row-waits.ts';
import { createSetting, newFactor } from './store-contracts.ts';

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
