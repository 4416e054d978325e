import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, type TestContext, test } from 'node:test';
import fc from 'fast-check';
import type { Account } from '#src/account/account.ts';
import type { AccountStore, NewAccount } from '#src/account/ports.ts';
import { STRANGERS } from '#src/lockout/ports.ts';
import type { TenantId } from '#src/tenant/tenant.ts';

/** An AccountStore without accounts in these two tenants. */
export interface AccountStoreSetting {
  accounts: AccountStore;
  tenantId: TenantId;
  otherTenantId: TenantId;
}

type MakeStore = (t: TestContext) => Promise<AccountStoreSetting>;

const HASH = '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA';

/** How tries at an account count that nobody ever signed in to. */
const FRESH = { lane: STRANGERS, laneBlockedAt: undefined };

/** A new account, by default without e-mail address and phone number. */
export function newAccount(
  tenantId: TenantId,
  loginName: string,
  with_: Partial<NewAccount> = {},
): NewAccount {
  return {
    tenantId,
    loginName,
    loginNameCanonical: loginName.toLowerCase(),
    passwordHash: HASH,
    givenName: 'Werk',
    familyName: 'Gever',
    email: undefined,
    emailVerified: false,
    phone: undefined,
    phoneVerified: false,
    locale: 'nl',
    roles: [],
    ...with_,
  };
}

/** Creates an account that must not be refused. */
export async function createAccount(accounts: AccountStore, account: NewAccount): Promise<Account> {
  const result = await accounts.create(account);
  assert.equal(result.kind, 'created');
  return result.account;
}

function describeFinding(makeStore: MakeStore): void {
  test('an account is found with everything it was made with', async (t) => {
    const { accounts, tenantId } = await makeStore(t);
    const made = newAccount(tenantId, 'Werkgever', {
      email: 'Werk.Gever@example.nl',
      emailVerified: true,
      phone: '+31612345678',
      phoneVerified: true,
      locale: 'en',
      roles: ['employer', 'hr-manager'],
    });
    const account = await createAccount(accounts, made);
    const { loginNameCanonical: _, passwordHash: __, ...shown } = made;
    assert.deepEqual(account, {
      ...shown,
      id: account.id,
      disabledAt: undefined,
      suspendedAt: undefined,
      passwordChangedAt: undefined,
      recoveredAt: undefined,
      keptSession: undefined,
      createdAt: account.createdAt,
    });
    assert.ok(Math.abs(account.createdAt - Date.now()) < 60_000);
    assert.deepEqual(await accounts.findById(tenantId, account.id), account);
    assert.deepEqual(await accounts.findByLoginName(tenantId, 'werkgever'), account);
  });

  test('any text in names and roles comes back as it was', async (t) => {
    const { accounts, tenantId } = await makeStore(t);
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
    const storable = text.filter((value) => value.isWellFormed() && !value.includes('\0'));
    const rule = fc.asyncProperty(storable, storable, fc.array(storable), async (given, family, roles) => {
      const made = newAccount(tenantId, randomUUID(), { givenName: given, familyName: family, roles });
      const account = await createAccount(accounts, made);
      const found = await accounts.findById(tenantId, account.id);
      assert.deepEqual([found?.givenName, found?.familyName, found?.roles], [given, family, roles]);
    });
    await fc.assert(rule, { numRuns: 25 });
    const awkward = ['', 'NULL', '{a,b}', 'a"b', 'a\\b', "it's", ' '];
    const account = await createAccount(accounts, newAccount(tenantId, 'awkward', { roles: awkward }));
    assert.deepEqual((await accounts.findById(tenantId, account.id))?.roles, awkward);
  });

  test('a malformed id or name is nobody’s', async (t) => {
    const { accounts, tenantId } = await makeStore(t);
    assert.equal(await accounts.findById(tenantId, "' or true --"), undefined);
    assert.equal(await accounts.findByLoginName(tenantId, 'werkgever\0'), undefined);
    assert.equal(await accounts.findForSignIn(tenantId, { canonical: '\0', email: '\0' }), undefined);
    assert.equal(await accounts.setDisabled(tenantId, 'nobody', 1), false);
    assert.equal(await accounts.replacePasswordHash(tenantId, 'nobody', HASH, HASH), false);
  });
}

function describeCreating(makeStore: MakeStore): void {
  test('a login name is given once in a tenant, whoever asks first', async (t) => {
    const { accounts, tenantId, otherTenantId } = await makeStore(t);
    const tries = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        accounts.create(newAccount(tenantId, 'werkgever', { givenName: `Try ${at}` })),
      ),
    );
    assert.equal(tries.filter((result) => result.kind === 'created').length, 1);
    assert.equal(tries.filter((result) => result.kind === 'login-name-taken').length, 19);
    assert.equal((await accounts.create(newAccount(otherTenantId, 'werkgever'))).kind, 'created');
  });

  test('a tenant never sees or changes an account of another', async (t) => {
    const { accounts, tenantId, otherTenantId } = await makeStore(t);
    const with_ = { email: 'werk@example.nl', emailVerified: true };
    const account = await createAccount(accounts, newAccount(tenantId, 'werkgever', with_));
    const name = { canonical: 'werkgever', email: 'werk@example.nl' };
    assert.equal(await accounts.findById(otherTenantId, account.id), undefined);
    assert.equal(await accounts.findByLoginName(otherTenantId, 'werkgever'), undefined);
    assert.equal(await accounts.findForSignIn(otherTenantId, name), undefined);
    assert.deepEqual((await accounts.list(otherTenantId, { limit: 10 })).accounts, []);
    assert.equal(await accounts.setDisabled(otherTenantId, account.id, 1), false);
    assert.equal(await accounts.replacePasswordHash(otherTenantId, account.id, HASH, 'other'), false);
    assert.deepEqual(await accounts.findForSignIn(tenantId, name), { account, passwordHash: HASH, ...FRESH });
  });
}

function describeSigningIn(makeStore: MakeStore): void {
  test('a sign-in finds by login name, and gives the password hash where there is one', async (t) => {
    const { accounts, tenantId } = await makeStore(t);
    const account = await createAccount(accounts, newAccount(tenantId, 'werkgever'));
    const fresh = await createAccount(accounts, newAccount(tenantId, 'nieuw', { passwordHash: undefined }));
    const find = (canonical: string) => accounts.findForSignIn(tenantId, { canonical, email: undefined });
    assert.deepEqual(await find('werkgever'), { account, passwordHash: HASH, ...FRESH });
    assert.deepEqual(await find('nieuw'), { account: fresh, passwordHash: undefined, ...FRESH });
    assert.equal(await find('niemand'), undefined);
    assert.equal(await find(''), undefined);
  });

  test('a sign-in finds by verified e-mail address, whatever its capitals', async (t) => {
    const { accounts, tenantId } = await makeStore(t);
    const with_ = { email: 'Werk.Gever@Example.nl', emailVerified: true };
    const account = await createAccount(accounts, newAccount(tenantId, 'werkgever', with_));
    await createAccount(accounts, newAccount(tenantId, 'ander', { email: 'ander@example.nl' }));
    const find = (email: string | undefined, canonical?: string) =>
      accounts.findForSignIn(tenantId, { canonical, email });
    assert.equal((await find('werk.gever@EXAMPLE.nl'))?.account.id, account.id);
    assert.equal((await find('werk.gever@example.nl', 'werk.gever@example.nl'))?.account.id, account.id);
    assert.equal(await find('ander@example.nl'), undefined, 'not verified');
    assert.equal(await find('niemand@example.nl'), undefined);
    assert.equal(await find(undefined), undefined);
  });

  test('an e-mail address is found in every spelling that `comparableEmail` makes one', async (t) => {
    const { accounts, tenantId, otherTenantId } = await makeStore(t);
    const composed = 'Zoë@Example.nl';
    const decomposed = ' zoë@example.NL '.normalize('NFD');
    for (const [tenant, kept] of [
      [tenantId, composed],
      [otherTenantId, decomposed],
    ] as const) {
      const with_ = { email: kept, emailVerified: true };
      const { id } = await createAccount(accounts, newAccount(tenant, 'werkgever', with_));
      for (const email of [composed, decomposed]) {
        const found = await accounts.findForSignIn(tenant, { canonical: undefined, email });
        assert.equal(found?.account.id, id, JSON.stringify([kept, email]));
      }
    }
  });

  test('an e-mail address that two accounts proved signs nobody in', async (t) => {
    const { accounts, tenantId } = await makeStore(t);
    const email = 'samen@example.nl';
    const first = await createAccount(accounts, newAccount(tenantId, 'een', { email, emailVerified: true }));
    await createAccount(accounts, newAccount(tenantId, 'twee', { email, emailVerified: false }));
    const find = () => accounts.findForSignIn(tenantId, { canonical: undefined, email });
    assert.equal((await find())?.account.id, first.id, 'claiming an address takes nothing away');
    await createAccount(accounts, newAccount(tenantId, 'drie', { email, emailVerified: true }));
    assert.equal(await find(), undefined);
    await createAccount(accounts, newAccount(tenantId, 'vier', { email, emailVerified: true }));
    assert.equal(await find(), undefined);
  });

  test('a login name goes before an e-mail address', async (t) => {
    const { accounts, tenantId } = await makeStore(t);
    const email = 'naam@example.nl';
    await createAccount(accounts, newAccount(tenantId, 'ander', { email, emailVerified: true }));
    const named = await createAccount(accounts, newAccount(tenantId, email));
    const found = await accounts.findForSignIn(tenantId, { canonical: email, email });
    assert.equal(found?.account.id, named.id);
  });
}

function describeListing(makeStore: MakeStore): void {
  test('pages follow the canonical login name and end', async (t) => {
    const { accounts, tenantId } = await makeStore(t);
    for (const name of ['b', 'Éa', 'a-1', 'C', 'a_1', 'zz']) {
      await createAccount(accounts, newAccount(tenantId, name));
    }
    const seen: string[][] = [];
    let after: string | undefined;
    do {
      const page = await accounts.list(tenantId, { limit: 2, after });
      seen.push(page.accounts.map((account) => account.loginName));
      after = page.next;
    } while (after !== undefined);
    assert.deepEqual(seen, [
      ['a-1', 'a_1'],
      ['b', 'C'],
      ['zz', 'Éa'],
    ]);
  });
}

function describeChanging(makeStore: MakeStore): void {
  test('an account is disabled once and enabled once', async (t) => {
    const { accounts, tenantId } = await makeStore(t);
    const { id } = await createAccount(accounts, newAccount(tenantId, 'werkgever'));
    const at = Date.UTC(2026, 0, 15, 9, 0, 0, 123);
    assert.equal(await accounts.setDisabled(tenantId, id, undefined), false);
    assert.equal(await accounts.setDisabled(tenantId, id, at), true);
    assert.equal(await accounts.setDisabled(tenantId, id, at + 1), false);
    assert.equal((await accounts.findById(tenantId, id))?.disabledAt, at);
    assert.equal(await accounts.setDisabled(tenantId, id, undefined), true);
    assert.equal((await accounts.findById(tenantId, id))?.disabledAt, undefined);
    assert.equal(await accounts.setDisabled(tenantId, randomUUID(), at), false);
  });

  test('a re-hash replaces only the hash it was made from', async (t) => {
    const { accounts, tenantId } = await makeStore(t);
    const { id } = await createAccount(accounts, newAccount(tenantId, 'werkgever'));
    const replaced = await Promise.all(
      Array.from({ length: 10 }, (_, at) => accounts.replacePasswordHash(tenantId, id, HASH, `hash ${at}`)),
    );
    const found = await accounts.findForSignIn(tenantId, { canonical: 'werkgever', email: undefined });
    assert.equal(replaced.filter(Boolean).length, 1);
    assert.equal(found?.passwordHash, `hash ${replaced.indexOf(true)}`);
    assert.equal(await accounts.replacePasswordHash(tenantId, id, HASH, 'late'), false);
  });
}

/** What every AccountStore must do. */
export function describeAccountStoreContract(name: string, makeStore: MakeStore): void {
  describe(`AccountStore on ${name}`, () => {
    describeCreating(makeStore);
    describeFinding(makeStore);
    describeSigningIn(makeStore);
    describeListing(makeStore);
    describeChanging(makeStore);
  });
}
