import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, type TestContext, test } from 'node:test';
import type { AccountId } from '#src/account/account.ts';
import { BACKUP_CODE_TRIES, type BackupCode, type BackupCodeStore } from '#src/sign-in/ports.ts';
import type { TenantId } from '#src/tenant/tenant.ts';

/** A BackupCodeStore, two people who have a second step and one who has none. */
export interface BackupCodeStoreSetting {
  backupCodes: BackupCodeStore;
  tenantId: TenantId;
  accountId: AccountId;
  colleagueId: AccountId;
  newcomerId: AccountId;
  otherTenantId: TenantId;
}

type MakeStore = (t: TestContext) => Promise<BackupCodeStoreSetting>;

const AT = Date.UTC(2026, 0, 15, 9, 0, 0, 123);

function newCode(createdAt = AT): BackupCode {
  return { id: randomUUID(), hash: `$argon2id$${randomUUID()}`, createdAt };
}

/** A person with a code that works. */
async function withCode(makeStore: MakeStore, t: TestContext) {
  const setting = await makeStore(t);
  const code = newCode();
  assert.equal(await setting.backupCodes.replace(setting.tenantId, setting.accountId, code, undefined), true);
  return { ...setting, code };
}

function describeReplacing(makeStore: MakeStore): void {
  test('a code comes back as it was made, and takes the place of exactly the one that was expected', async (t) => {
    const { backupCodes, tenantId, accountId, code } = await withCode(makeStore, t);
    assert.deepEqual(await backupCodes.find(tenantId, accountId), code);
    const next = newCode(AT + 1);
    for (const expected of [undefined, randomUUID(), next.id, 'no id']) {
      assert.equal(await backupCodes.replace(tenantId, accountId, next, expected), false);
    }
    assert.deepEqual(await backupCodes.find(tenantId, accountId), code);
    assert.equal(await backupCodes.replace(tenantId, accountId, next, code.id), true);
    assert.deepEqual(await backupCodes.find(tenantId, accountId), next);
  });

  test('of 20 codes at once one is kept, whether there was one before or not', async (t) => {
    const { backupCodes, tenantId, accountId } = await makeStore(t);
    for (const before of ['none', 'one']) {
      const expected = (await backupCodes.find(tenantId, accountId))?.id;
      assert.equal(expected === undefined, before === 'none');
      const codes = Array.from({ length: 20 }, () => newCode());
      const kept = await Promise.all(
        codes.map((code) => backupCodes.replace(tenantId, accountId, code, expected)),
      );
      assert.equal(kept.filter(Boolean).length, 1);
      assert.deepEqual(await backupCodes.find(tenantId, accountId), codes[kept.indexOf(true)]);
    }
  });

  test('a new code works in the place of a used or void one, with all its tries', async (t) => {
    const { backupCodes, tenantId, accountId, code } = await withCode(makeStore, t);
    await backupCodes.use(tenantId, accountId, code.id, AT);
    const second = newCode();
    assert.equal(await backupCodes.replace(tenantId, accountId, second, code.id), true);
    for (let i = 0; i < BACKUP_CODE_TRIES; i += 1) {
      assert.equal(await backupCodes.countTry(tenantId, accountId, second.id), true);
    }
    const third = newCode();
    assert.equal(await backupCodes.replace(tenantId, accountId, third, second.id), true);
    assert.equal(await backupCodes.countTry(tenantId, accountId, third.id), true);
    assert.equal(await backupCodes.use(tenantId, accountId, third.id, AT), true);
  });

  test('nobody has a backup code without a second step', async (t) => {
    const { backupCodes, tenantId, newcomerId } = await makeStore(t);
    assert.equal(await backupCodes.replace(tenantId, newcomerId, newCode(), undefined), false);
    assert.equal(await backupCodes.find(tenantId, newcomerId), undefined);
  });
}

function describeTrying(makeStore: MakeStore): void {
  test('a code survives its tries but for the last, and is void then', async (t) => {
    const { backupCodes, tenantId, accountId, code } = await withCode(makeStore, t);
    for (let i = 0; i < BACKUP_CODE_TRIES; i += 1) {
      assert.deepEqual(await backupCodes.find(tenantId, accountId), code);
      assert.equal(await backupCodes.countTry(tenantId, accountId, code.id), true);
    }
    assert.equal(await backupCodes.find(tenantId, accountId), undefined);
    assert.equal(await backupCodes.countTry(tenantId, accountId, code.id), false);
  });

  test('50 tries at once get no more than there are', async (t) => {
    const { backupCodes, tenantId, accountId, code } = await withCode(makeStore, t);
    const tries = Array.from({ length: 50 }, () => backupCodes.countTry(tenantId, accountId, code.id));
    assert.equal((await Promise.all(tries)).filter(Boolean).length, BACKUP_CODE_TRIES);
  });

  test('the last try may be the right one', async (t) => {
    const { backupCodes, tenantId, accountId, code } = await withCode(makeStore, t);
    for (let i = 0; i < BACKUP_CODE_TRIES; i += 1) await backupCodes.countTry(tenantId, accountId, code.id);
    assert.equal(await backupCodes.use(tenantId, accountId, code.id, AT), true);
  });

  test('of 50 uses at once one is accepted, and the code is gone', async (t) => {
    const { backupCodes, tenantId, accountId, code } = await withCode(makeStore, t);
    const uses = Array.from({ length: 50 }, () => backupCodes.use(tenantId, accountId, code.id, AT));
    assert.equal((await Promise.all(uses)).filter(Boolean).length, 1);
    assert.equal(await backupCodes.find(tenantId, accountId), undefined);
    assert.equal(await backupCodes.countTry(tenantId, accountId, code.id), false);
  });

  test('a code that was replaced is neither tried nor used', async (t) => {
    const { backupCodes, tenantId, accountId, code } = await withCode(makeStore, t);
    const next = newCode();
    await backupCodes.replace(tenantId, accountId, next, code.id);
    assert.equal(await backupCodes.countTry(tenantId, accountId, code.id), false);
    assert.equal(await backupCodes.use(tenantId, accountId, code.id, AT), false);
    assert.deepEqual(await backupCodes.find(tenantId, accountId), next);
  });
}

function describeWalls(makeStore: MakeStore): void {
  test('a code belongs to one person of one tenant', async (t) => {
    const { backupCodes, tenantId, accountId, colleagueId, otherTenantId, code } = await withCode(
      makeStore,
      t,
    );
    for (const [tenant, account] of [
      [tenantId, colleagueId],
      [otherTenantId, accountId],
    ] as const) {
      assert.equal(await backupCodes.find(tenant, account), undefined);
      assert.equal(await backupCodes.countTry(tenant, account, code.id), false);
      assert.equal(await backupCodes.use(tenant, account, code.id, AT), false);
      assert.equal(await backupCodes.replace(tenant, account, newCode(), code.id), false);
    }
    assert.equal(await backupCodes.replace(otherTenantId, accountId, newCode(), undefined), false);
    assert.equal(await backupCodes.replace(tenantId, colleagueId, newCode(), undefined), true);
    assert.deepEqual(await backupCodes.find(tenantId, accountId), code);
  });

  test('a malformed id is nobody’s', async (t) => {
    const { backupCodes, tenantId, accountId, code } = await withCode(makeStore, t);
    for (const [account, id] of [
      ["' or true --", code.id],
      [accountId, 'nothing\0'],
    ] as const) {
      assert.equal(await backupCodes.countTry(tenantId, account, id), false);
      assert.equal(await backupCodes.use(tenantId, account, id, AT), false);
    }
    assert.equal(await backupCodes.find(tenantId, 'nobody'), undefined);
    assert.equal(await backupCodes.replace(tenantId, 'nobody', newCode(), undefined), false);
  });
}

/** What every BackupCodeStore must do. */
export function describeBackupCodeStoreContract(name: string, makeStore: MakeStore): void {
  describe(`BackupCodeStore on ${name}`, () => {
    describeReplacing(makeStore);
    describeTrying(makeStore);
    describeWalls(makeStore);
  });
}
