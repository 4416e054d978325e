import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, type TestContext, test } from 'node:test';
import { STRANGERS } from '#src/lockout/ports.ts';
import type { AccountRecoverySetting } from './account-recovery.ts';
import { createAccount, newAccount } from './account-store.ts';

type MakeStore = (t: TestContext) => Promise<AccountRecoverySetting>;

const AT = Date.UTC(2026, 0, 15, 9, 0, 0, 123);
const EMAIL = 'werk.gever@example.nl';
const CHANGE = { hash: 'new', at: AT, provesEmail: undefined };

/** Somebody with a proved address, as they are by now. */
async function withSomebody(makeStore: MakeStore, t: TestContext) {
  const setting = await makeStore(t);
  const { accounts, tenantId } = setting;
  const with_ = { email: 'Werk.Gever@Example.nl', emailVerified: true };
  const account = await createAccount(accounts, newAccount(tenantId, 'werkgever', with_));
  const now = async () => (await accounts.findById(tenantId, account.id)) ?? assert.fail('nobody is there');
  /** Nobody, a malformed id, and another tenant's person. */
  const nobodies = [
    [tenantId, randomUUID()],
    [tenantId, "' or true --"],
    [setting.otherTenantId, account.id],
  ] as const;
  return { ...setting, account, now, nobodies };
}

function describeLocale(makeStore: MakeStore): void {
  test('a language is the person’s own, and nobody else’s', async (t) => {
    const { accounts, tenantId, account, now, nobodies } = await withSomebody(makeStore, t);
    for (const [tenant, id] of nobodies) assert.equal(await accounts.changeLocale(tenant, id, 'en'), false);
    assert.equal((await now()).locale, 'nl');
    assert.equal(await accounts.changeLocale(tenantId, account.id, 'en'), true);
    assert.equal(
      await accounts.changeLocale(tenantId, account.id, 'en'),
      true,
      'the same once more is no fault',
    );
    assert.deepEqual(await now(), { ...account, locale: 'en' });
  });
}

function describeAddress(makeStore: MakeStore): void {
  test('a password that is made by a mail is made only while the mailbox is the account’s', async (t) => {
    const { accounts, tenantId, account, now } = await withSomebody(makeStore, t);
    const left = { email: 'elders@example.nl', expected: EMAIL, at: AT };
    assert.equal(await accounts.changeEmail(tenantId, account.id, left), true);
    const change = (byAddress: string) =>
      accounts.changePassword(tenantId, account.id, { ...CHANGE, byAddress, recovered: true });
    assert.equal(await change(EMAIL), false, 'the mailbox was left meanwhile');
    assert.equal((await now()).passwordChangedAt, undefined);
    assert.equal(await change('Elders@EXAMPLE.nl'), true);
  });
}

function describeEmail(makeStore: MakeStore): void {
  test('another address is proved, found by, and ends the links to a password that went to the old one', async (t) => {
    const { accounts, links, tenantId, account, now } = await withSomebody(makeStore, t);
    const link = { createdAt: AT, expiresAt: AT + 9_999, codeDigest: undefined, formerEmail: undefined };
    const issue = (purpose: 'reset' | 'report') =>
      links.issue(tenantId, {
        ...link,
        purpose,
        id: randomUUID(),
        accountId: account.id,
        tokenHash: purpose,
      });
    await issue('reset');
    await issue('report');
    const change = { email: 'Nieuw@example.nl', expected: EMAIL, at: AT + 1 };
    assert.equal(await accounts.changeEmail(tenantId, account.id, change), true);
    assert.deepEqual(await now(), { ...account, email: 'Nieuw@example.nl', emailVerified: true });
    const byEmail = async (email: string) =>
      (await accounts.findForRecovery(tenantId, { canonical: undefined, email }, 9)).map(({ id }) => id);
    assert.deepEqual(await byEmail(EMAIL), []);
    assert.deepEqual(await byEmail('nieuw@EXAMPLE.nl'), [account.id]);
    assert.equal(await links.spend(tenantId, 'reset', 'browser', AT + 1), undefined);
    assert.ok(await links.find(tenantId, 'report', AT + 1), '“this was not me” can still be said');
  });

  test('a first address may come to who has none', async (t) => {
    const { accounts, tenantId } = await withSomebody(makeStore, t);
    const { id } = await createAccount(accounts, newAccount(tenantId, 'zonder'));
    const change = { email: EMAIL, expected: EMAIL, at: AT };
    assert.equal(await accounts.changeEmail(tenantId, id, change), false);
    assert.equal(await accounts.changeEmail(tenantId, id, { ...change, expected: undefined }), true);
    assert.equal((await accounts.findById(tenantId, id))?.emailVerified, true);
  });

  test('an address changes for nobody, a closed account, or who has another one by now; of 20 at once one is made', async (t) => {
    const { accounts, tenantId, account, now, nobodies } = await withSomebody(makeStore, t);
    const change = { email: 'nieuw@example.nl', expected: EMAIL, at: AT };
    for (const [tenant, id] of nobodies) assert.equal(await accounts.changeEmail(tenant, id, change), false);
    for (const expected of [undefined, 'ander@example.nl']) {
      assert.equal(await accounts.changeEmail(tenantId, account.id, { ...change, expected }), false);
    }
    await accounts.setDisabled(tenantId, account.id, AT);
    assert.equal(await accounts.changeEmail(tenantId, account.id, change), false);
    await accounts.setDisabled(tenantId, account.id, undefined);
    await accounts.setSuspended(tenantId, account.id, { by: 'person', at: AT });
    assert.equal(await accounts.changeEmail(tenantId, account.id, change), false);
    await accounts.setSuspended(tenantId, account.id, undefined);
    assert.deepEqual(await now(), account);
    const all = Array.from({ length: 20 }, (_, nth) =>
      accounts.changeEmail(tenantId, account.id, { ...change, email: `nieuw-${nth}@example.nl` }),
    );
    const made = await Promise.all(all);
    assert.equal(made.filter(Boolean).length, 1);
    assert.equal((await now()).email, `nieuw-${made.indexOf(true)}@example.nl`);
  });
}

function describePassword(makeStore: MakeStore): void {
  test('a recovery is remembered as such until the next one, a change by the person is none', async (t) => {
    const { accounts, tenantId, account, now } = await withSomebody(makeStore, t);
    const change = (with_: object) => accounts.changePassword(tenantId, account.id, { ...CHANGE, ...with_ });
    assert.equal(await change({}), true);
    assert.equal((await now()).recoveredAt, undefined);
    assert.equal(await change({ at: AT + 1, recovered: true }), true);
    assert.equal(await change({ at: AT + 2 }), true);
    const { recoveredAt, passwordChangedAt } = await now();
    assert.deepEqual([recoveredAt, passwordChangedAt], [AT + 1, AT + 2]);
  });

  test('the session of the last change is the one that goes on; a recovery lets none go on', async (t) => {
    const { accounts, tenantId, account, now } = await withSomebody(makeStore, t);
    const change = (keepSession: string | undefined) =>
      accounts.changePassword(tenantId, account.id, { ...CHANGE, keepSession });
    for (const kept of ['first', 'second', undefined]) {
      assert.equal(await change(kept), true);
      assert.equal((await now()).keptSession, kept);
    }
  });

  test('the browser of a change stays known and counts anew, all others are nobody’s', async (t) => {
    const { accounts, lanes, tenantId, account } = await withSomebody(makeStore, t);
    for (const browser of ['laptop', 'phone']) {
      await lanes.signedIn(tenantId, account.id, { lane: STRANGERS, browser, agent: browser, at: AT });
    }
    for (const lane of [STRANGERS, 'laptop', 'phone']) {
      await lanes.countFailure(tenantId, account.id, { lane, of: 'password', limit: 9, at: AT });
      await lanes.countFailure(tenantId, account.id, { lane, of: 'code', limit: 1, at: AT });
    }
    const change = { ...CHANGE, keepBrowser: 'laptop' };
    assert.equal(await accounts.changePassword(tenantId, account.id, change), true);
    const open = { failures: 0, codeFailures: 0, blockedAt: undefined };
    const laptop = { lane: 'laptop', agent: 'laptop', firstSeenAt: AT, lastSeenAt: AT, ...open };
    assert.deepEqual(await lanes.list(tenantId, account.id), [laptop]);
  });

  test('strangers are no browser to keep, nor is one that never was', async (t) => {
    const { accounts, lanes, tenantId, account } = await withSomebody(makeStore, t);
    for (const keepBrowser of [STRANGERS, 'unheard-of', 'zero\0byte']) {
      await lanes.countFailure(tenantId, account.id, { lane: STRANGERS, of: 'code', limit: 1, at: AT });
      const change = { ...CHANGE, keepBrowser };
      assert.equal(await accounts.changePassword(tenantId, account.id, change), true);
      assert.deepEqual(await lanes.list(tenantId, account.id), []);
    }
  });
}

/** What a person changes about their own account: language, address, and the password while signed in. */
export function describeAccountChangesContract(name: string, makeStore: MakeStore): void {
  describe(`AccountStore on ${name}: changes by the person`, () => {
    describeLocale(makeStore);
    describeAddress(makeStore);
    describeEmail(makeStore);
    describePassword(makeStore);
  });
}
