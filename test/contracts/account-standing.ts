import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, type TestContext, test } from 'node:test';
import { type AccountStoreSetting, createAccount, newAccount } from './account-store.ts';

function describeTelling(makeStore: (t: TestContext) => Promise<AccountStoreSetting>): void {
  test('whether a password was ever set is told, and never what it is kept as', async (t) => {
    const { accounts, tenantId } = await makeStore(t);
    const without = await createAccount(accounts, newAccount(tenantId, 'a', { passwordHash: undefined }));
    const with_ = await createAccount(accounts, newAccount(tenantId, 'b'));
    const standing = (hasPassword: boolean) => ({ hasPassword, suspendedBy: undefined });
    assert.deepEqual(await accounts.findStanding(tenantId, without.id), standing(false));
    assert.deepEqual(await accounts.findStanding(tenantId, with_.id), standing(true));
  });

  test('who said that somebody else is in an account is told until it is lifted', async (t) => {
    const { accounts, tenantId } = await makeStore(t);
    const { id } = await createAccount(accounts, newAccount(tenantId, 'a'));
    for (const by of ['person', 'former-address'] as const) {
      await accounts.setSuspended(tenantId, id, { by, at: 1_000 });
      assert.equal((await accounts.findStanding(tenantId, id))?.suspendedBy, by);
    }
    await accounts.setSuspended(tenantId, id, undefined);
    assert.equal((await accounts.findStanding(tenantId, id))?.suspendedBy, undefined);
  });

  test('nothing is told of nobody and of another tenant’s account', async (t) => {
    const { accounts, tenantId, otherTenantId } = await makeStore(t);
    const { id } = await createAccount(accounts, newAccount(tenantId, 'a'));
    assert.equal(await accounts.findStanding(otherTenantId, id), undefined);
    for (const nobody of [randomUUID(), 'no-uuid'])
      assert.equal(await accounts.findStanding(tenantId, nobody), undefined);
  });
}

/** What every AccountStore tells operators of an account. */
export function describeStanding(
  name: string,
  makeStore: (t: TestContext) => Promise<AccountStoreSetting>,
): void {
  describe(`${name} for operators`, () => describeTelling(makeStore));
}
