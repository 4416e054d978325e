import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, type TestContext, test } from 'node:test';
import { type LaneStore, STRANGERS } from '#src/lockout/ports.ts';
import type { MailLinkStore } from '#src/recovery/ports.ts';
import { type AccountStoreSetting, createAccount, newAccount } from './account-store.ts';

/** An AccountStore beside what a new password ends. */
export interface AccountRecoverySetting extends AccountStoreSetting {
  lanes: LaneStore;
  links: MailLinkStore;
}

type MakeStore = (t: TestContext) => Promise<AccountRecoverySetting>;

const AT = Date.UTC(2026, 0, 15, 9, 0, 0, 123);
const EMAIL = 'werk.gever@example.nl';

/** Somebody with a proved address, found by it and by name. */
async function withSomebody(makeStore: MakeStore, t: TestContext) {
  const setting = await makeStore(t);
  const { accounts, tenantId } = setting;
  const with_ = { email: 'Werk.Gever@Example.nl', emailVerified: true };
  const account = await createAccount(accounts, newAccount(tenantId, 'werkgever', with_));
  const find = async (name: { canonical?: string; email?: string }, limit = 10) => {
    const asked = { canonical: undefined, email: undefined, ...name };
    return (await accounts.findForRecovery(tenantId, asked, limit)).map(({ loginName }) => loginName);
  };
  const change = (with_: { hash?: string; provesEmail?: string | undefined; at?: number } = {}) =>
    accounts.changePassword(tenantId, account.id, { hash: 'new', at: AT, provesEmail: undefined, ...with_ });
  return { ...setting, account, find, change };
}

function describeFinding(makeStore: MakeStore): void {
  test('a recovery finds by name, or everybody who proved the address, by name in order', async (t) => {
    const { accounts, tenantId, account, find } = await withSomebody(makeStore, t);
    const proved = { email: EMAIL, emailVerified: true };
    for (const name of ['zus', 'Broer']) await createAccount(accounts, newAccount(tenantId, name, proved));
    await createAccount(accounts, newAccount(tenantId, 'claimt', { email: EMAIL }));
    assert.deepEqual(await find({ canonical: 'werkgever' }), ['werkgever']);
    assert.deepEqual(await find({ email: 'WERK.gever@example.NL' }), ['Broer', 'werkgever', 'zus']);
    assert.deepEqual(await find({ canonical: 'claimt', email: EMAIL }), [
      'Broer',
      'claimt',
      'werkgever',
      'zus',
    ]);
    assert.deepEqual(await find({ email: EMAIL }, 2), ['Broer', 'werkgever']);
    for (const name of [
      {},
      { canonical: '' },
      { canonical: '\0' },
      { email: '\0' },
      { canonical: 'niemand' },
    ]) {
      assert.deepEqual(await find(name), []);
    }
    const name = { canonical: 'werkgever', email: undefined };
    assert.deepEqual(await accounts.findForRecovery(tenantId, name, 1), [account]);
  });

  test('whoever is called as their address is found once', async (t) => {
    const { accounts, tenantId, find } = await withSomebody(makeStore, t);
    const email = 'naam@example.nl';
    await createAccount(accounts, newAccount(tenantId, email, { email, emailVerified: true }));
    assert.deepEqual(await find({ canonical: email, email }), [email]);
  });

  test('a recovery finds nobody of another tenant, disabled or reported from a former address', async (t) => {
    const { accounts, tenantId, otherTenantId, account, find } = await withSomebody(makeStore, t);
    const name = { canonical: 'werkgever', email: EMAIL };
    assert.deepEqual(await accounts.findForRecovery(otherTenantId, name, 10), []);
    await accounts.setDisabled(tenantId, account.id, AT);
    assert.deepEqual(await find(name), []);
    await accounts.setDisabled(tenantId, account.id, undefined);
    await accounts.setSuspended(tenantId, account.id, { by: 'person', at: AT });
    assert.deepEqual(await find(name), ['werkgever'], 'their own report is lifted by a recovery');
    await accounts.setSuspended(tenantId, account.id, { by: 'former-address', at: AT });
    assert.deepEqual(await find(name), []);
  });
}

function describeSuspending(makeStore: MakeStore): void {
  test('a suspension is of its first moment, and is lifted', async (t) => {
    const { accounts, tenantId, otherTenantId, account } = await withSomebody(makeStore, t);
    const suspendedAt = async () => (await accounts.findById(tenantId, account.id))?.suspendedAt;
    for (const [id, tenant] of [
      [randomUUID(), tenantId],
      ['nobody', tenantId],
      [account.id, otherTenantId],
    ] as const) {
      assert.equal(await accounts.setSuspended(tenant, id, { by: 'person', at: AT }), false);
    }
    assert.equal(await suspendedAt(), undefined);
    assert.equal(await accounts.setSuspended(tenantId, account.id, { by: 'person', at: AT }), true);
    assert.equal(await accounts.setSuspended(tenantId, account.id, { by: 'person', at: AT + 1 }), true);
    assert.equal(await suspendedAt(), AT);
    const found = await accounts.findForSignIn(tenantId, { canonical: 'werkgever', email: undefined });
    assert.equal(found?.account.suspendedAt, AT);
    assert.equal(await accounts.setSuspended(tenantId, account.id, undefined), true);
    assert.equal(await suspendedAt(), undefined);
  });

  test('a report of the person never weakens one from a former address', async (t) => {
    const { accounts, tenantId, account, change } = await withSomebody(makeStore, t);
    const suspend = (by: 'person' | 'former-address') =>
      accounts.setSuspended(tenantId, account.id, { by, at: AT });
    await suspend('person');
    await suspend('former-address');
    await suspend('person');
    assert.equal(await change(), true);
    assert.equal((await accounts.findById(tenantId, account.id))?.suspendedAt, AT);
    await accounts.setSuspended(tenantId, account.id, undefined);
    await suspend('person');
    assert.equal(await change(), true);
    assert.equal((await accounts.findById(tenantId, account.id))?.suspendedAt, undefined);
  });
}

function describeChanging(makeStore: MakeStore): void {
  test('a new password begins everything anew: its time, lanes, links, and nobody else’s', async (t) => {
    const { accounts, lanes, links, tenantId, account, change } = await withSomebody(makeStore, t);
    const other = await createAccount(accounts, newAccount(tenantId, 'ander'));
    const none = { codeDigest: undefined, formerEmail: undefined };
    const link = { ...none, purpose: 'reset', createdAt: AT, expiresAt: AT + 9_999 } as const;
    for (const accountId of [account.id, other.id]) {
      await lanes.signedIn(tenantId, accountId, { lane: STRANGERS, browser: 'laptop', at: AT });
      for (const lane of [STRANGERS, 'laptop']) {
        await lanes.countFailure(tenantId, accountId, { lane, of: 'password', limit: 1, at: AT });
      }
      await links.issue(tenantId, { ...link, id: randomUUID(), accountId, tokenHash: accountId });
    }
    assert.ok(await links.spend(tenantId, account.id, 'browser', AT));
    assert.equal(await change({ at: AT + 1 }), true);
    const found = await accounts.findForSignIn(
      tenantId,
      { canonical: 'werkgever', email: undefined },
      'laptop',
    );
    assert.deepEqual(found, {
      account: { ...account, passwordChangedAt: AT + 1 },
      passwordHash: 'new',
      lane: STRANGERS,
      laneBlockedAt: undefined,
    });
    assert.deepEqual(await lanes.list(tenantId, account.id), []);
    assert.equal(await links.spend(tenantId, account.id, 'browser', AT + 1), undefined);
    assert.equal((await lanes.list(tenantId, other.id)).length, 2);
    assert.ok(await links.find(tenantId, other.id, AT));
  });

  test('the address that a link went to is proved by it only while it is the account’s', async (t) => {
    const { accounts, tenantId, account, change } = await withSomebody(makeStore, t);
    const fresh = await createAccount(accounts, newAccount(tenantId, 'nieuw', { email: 'Nieuw@example.nl' }));
    const none = await createAccount(accounts, newAccount(tenantId, 'zonder'));
    const proves = async (id: string, provesEmail: string | undefined) => {
      assert.equal(await accounts.changePassword(tenantId, id, { hash: 'h', at: AT, provesEmail }), true);
      return (await accounts.findById(tenantId, id))?.emailVerified;
    };
    assert.equal(await proves(fresh.id, undefined), false);
    assert.equal(await proves(fresh.id, 'ander@example.nl'), false);
    assert.equal(await proves(fresh.id, 'nieuw@EXAMPLE.nl'), true);
    assert.equal(await proves(none.id, 'nieuw@example.nl'), false);
    assert.equal(await change({ provesEmail: 'ander@example.nl' }), true);
    assert.equal(
      (await accounts.findById(tenantId, account.id))?.emailVerified,
      true,
      'what was proved stays',
    );
  });

  test('nothing changes for nobody, somebody disabled or another tenant’s person', async (t) => {
    const { accounts, lanes, tenantId, otherTenantId, account, change } = await withSomebody(makeStore, t);
    const fail = { lane: STRANGERS, of: 'password', limit: 1, at: AT } as const;
    await lanes.countFailure(tenantId, account.id, fail);
    const wanted = { hash: 'new', at: AT, provesEmail: undefined };
    assert.equal(await accounts.changePassword(otherTenantId, account.id, wanted), false);
    for (const id of [randomUUID(), "' or true --"]) {
      assert.equal(await accounts.changePassword(tenantId, id, wanted), false);
    }
    await accounts.setDisabled(tenantId, account.id, AT);
    assert.equal(await change(), false);
    assert.equal((await accounts.findById(tenantId, account.id))?.passwordChangedAt, undefined);
    assert.equal((await lanes.list(tenantId, account.id))[0]?.blockedAt, AT);
  });

  test('of 20 changes that began from the same state one is made', async (t) => {
    const { accounts, tenantId, account } = await withSomebody(makeStore, t);
    const from = async (seen: { passwordChangedAt: number | undefined; suspendedAt: number | undefined }) => {
      const all = Array.from({ length: 20 }, (_, nth) => {
        const wanted = { hash: `hash ${nth}`, at: AT + nth, provesEmail: undefined, seen };
        return accounts.changePassword(tenantId, account.id, wanted);
      });
      const made = await Promise.all(all);
      assert.equal(made.filter(Boolean).length, 1);
      const { passwordChangedAt } = (await accounts.findById(tenantId, account.id)) ?? {};
      assert.equal(passwordChangedAt, AT + made.indexOf(true));
      return passwordChangedAt;
    };
    const passwordChangedAt = await from({ passwordChangedAt: undefined, suspendedAt: undefined });
    await accounts.setSuspended(tenantId, account.id, { by: 'person', at: AT });
    const seen = { passwordChangedAt, suspendedAt: undefined };
    const stale = { hash: 'h', at: AT, provesEmail: undefined, seen };
    assert.equal(await accounts.changePassword(tenantId, account.id, stale), false, 'reported meanwhile');
    await from({ passwordChangedAt, suspendedAt: AT });
  });
}

/** What every AccountStore must do for people who come back in. */
export function describeAccountRecoveryContract(name: string, makeStore: MakeStore): void {
  describe(`AccountStore on ${name}, for recovery`, () => {
    describeFinding(makeStore);
    describeSuspending(makeStore);
    describeChanging(makeStore);
  });
}
