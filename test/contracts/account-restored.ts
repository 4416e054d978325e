import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, type TestContext, test } from 'node:test';
import { STRANGERS } from '#src/lockout/ports.ts';
import type { AccountRecoverySetting } from './account-recovery.ts';
import { createAccount, newAccount } from './account-store.ts';

type MakeStore = (t: TestContext) => Promise<AccountRecoverySetting>;

const AT = Date.UTC(2026, 0, 15, 9, 0, 0, 123);
const OLD = 'Oud.Adres@example.nl';
const NOW = 'dief@example.nl';

async function withSomebody(makeStore: MakeStore, t: TestContext) {
  const setting = await makeStore(t);
  const { accounts, tenantId } = setting;
  const account = await createAccount(
    accounts,
    newAccount(tenantId, 'werkgever', { email: NOW, emailVerified: true }),
  );
  const restore = (email = OLD, at = AT) => accounts.restoreEmail(tenantId, account.id, { email, at });
  const now = async () => {
    const found = await accounts.findById(tenantId, account.id);
    const standing = await accounts.findStanding(tenantId, account.id);
    return [found?.email, found?.emailVerified, found?.suspendedAt, standing?.suspendedBy];
  };
  return { ...setting, account, restore, now };
}

function describeRestoring(makeStore: MakeStore): void {
  test('an address that comes back is proved, and the account closed until a recovery by it', async (t) => {
    const { accounts, tenantId, account, restore, now } = await withSomebody(makeStore, t);
    assert.deepEqual(await restore(), { replaced: NOW });
    assert.deepEqual(await now(), [OLD, true, AT, 'person']);
    const byAddress = (email: string) =>
      accounts.findForRecovery(tenantId, { canonical: undefined, email }, 10);
    assert.deepEqual((await byAddress(OLD.toLowerCase())).length, 1);
    assert.deepEqual(await byAddress(NOW), []);
    const change = { hash: 'h', at: AT + 1, provesEmail: undefined };
    assert.equal(await accounts.changePassword(tenantId, account.id, change), true);
    assert.deepEqual(await now(), [OLD, true, undefined, undefined]);
  });

  test('it overtakes whoever saw the account closed already', async (t) => {
    const { accounts, tenantId, account, restore, now } = await withSomebody(makeStore, t);
    await accounts.setSuspended(tenantId, account.id, { by: 'person', at: AT });
    const seen = await accounts.findById(tenantId, account.id);
    await restore();
    assert.deepEqual(await now(), [OLD, true, AT + 1, 'person']);
    const change = { hash: 'h', at: AT, provesEmail: undefined };
    const made = { ...change, ...(seen && { seen }) };
    assert.equal(await accounts.changePassword(tenantId, account.id, made), false);
    assert.deepEqual(await restore(), { replaced: OLD }, 'and once more, where it was cut off');
  });

  test('no browser is known and no mail makes a password any more', async (t) => {
    const { lanes, links, tenantId, account, restore } = await withSomebody(makeStore, t);
    await lanes.signedIn(tenantId, account.id, { lane: STRANGERS, browser: 'laptop', at: AT });
    const life = { createdAt: AT, expiresAt: AT + 9_999, codeDigest: undefined, formerEmail: undefined };
    for (const purpose of ['reset', 'invitation', 'report'] as const) {
      await links.issue(tenantId, {
        ...{ ...life, purpose, id: randomUUID(), accountId: account.id },
        tokenHash: purpose,
      });
    }
    await restore();
    assert.deepEqual(
      (await lanes.list(tenantId, account.id)).filter(({ lane }) => lane !== STRANGERS),
      [],
    );
    for (const purpose of ['reset', 'invitation']) {
      assert.equal(await links.find(tenantId, purpose, AT), undefined);
    }
    assert.ok(await links.find(tenantId, 'report', AT));
  });

  test('an address that was not proved is not told as one that was replaced', async (t) => {
    const { accounts, tenantId } = await withSomebody(makeStore, t);
    const claims = await createAccount(accounts, newAccount(tenantId, 'claimt', { email: NOW }));
    const none = await createAccount(accounts, newAccount(tenantId, 'zonder'));
    for (const { id } of [claims, none]) {
      const done = await accounts.restoreEmail(tenantId, id, { email: OLD, at: AT });
      assert.deepEqual(done, { replaced: undefined });
    }
  });

  test('nothing comes back for who waits for the help desk, is disabled, or is nobody here', async (t) => {
    const { accounts, tenantId, otherTenantId, account, restore, now } = await withSomebody(makeStore, t);
    const restored = { email: OLD, at: AT };
    assert.equal(await accounts.restoreEmail(otherTenantId, account.id, restored), undefined);
    for (const id of [randomUUID(), "' or true --"]) {
      assert.equal(await accounts.restoreEmail(tenantId, id, restored), undefined);
    }
    await accounts.setDisabled(tenantId, account.id, AT);
    assert.equal(await restore(), undefined);
    await accounts.setDisabled(tenantId, account.id, undefined);
    await accounts.setSuspended(tenantId, account.id, { by: 'former-address', at: AT });
    assert.equal(await restore(), undefined);
    assert.deepEqual(await now(), [NOW, true, AT, 'former-address']);
  });
}

/** What every AccountStore must do with an address that comes back. */
export function describeRestoredEmail(name: string, makeStore: MakeStore): void {
  describe(`AccountStore on ${name}, an address that comes back`, () => describeRestoring(makeStore));
}
