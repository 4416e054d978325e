import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { sql } from 'kysely';
import type { OpenDatabase } from '#adapters/postgres/connect.ts';
import { AppError } from '#src/errors.ts';
import { createAccount, newAccount } from '../../contracts/account-store.ts';
import { createTestPglite, endOfSuite } from '../../support/postgres.ts';
import { createSetting, createStores, newFactor } from './store-contracts.ts';

const EMAIL = 'Werk.Gever@example.nl';
const PHONE = '+31612345678';
const SEED = 'JBSWY3DPEHPK3PXP';
const CLIENT_SECRET = 'the-secret-of-the-client';
const KEY = 'the-secret-of-the-key';
const FORMER = 'Oud.Adres@example.nl';
const TEXT = 'the-text-of-the-message';
const AT = Date.UTC(2026, 0, 15);

/** Two people, two clients and two keys, so that each sealed value has another row to go to. */
async function fill(database: OpenDatabase) {
  const { accounts, factors, clients, keys, links, queue, tenantId } = await createSetting(database);
  const ids: string[] = [];
  for (const name of ['een', 'twee']) {
    const account = newAccount(tenantId, name, { email: EMAIL, phone: PHONE, emailVerified: true });
    const { id: accountId } = await createAccount(accounts, account);
    await factors.addFirst({ ...newFactor(tenantId, accountId), data: SEED }, AT);
    await clients.add(tenantId, { client_id: name, client_secret: CLIENT_SECRET });
    const link = { id: randomUUID(), accountId, tokenHash: name, codeDigest: undefined, formerEmail: FORMER };
    await links.issue(tenantId, { ...link, purpose: 'former-address', createdAt: AT, expiresAt: AT + 1 });
    const item = { id: randomUUID(), tenantId, accountId, kind: 'message', payload: TEXT };
    await queue.put([{ ...item, createdAt: AT, expiresAt: AT }]);
    ids.push(accountId);
  }
  const owner = { purpose: 'signing', tenantId } as const;
  const key = { ...owner, secret: KEY, createdAt: AT, currentFrom: AT, succeeds: undefined };
  await keys.change(owner, { add: { ...key, id: `${tenantId}-1`, kind: 'ec' } });
  await keys.change(owner, { add: { ...key, id: `${tenantId}-2`, kind: 'rsa' } });
  return { tenantId, ids };
}

function isBroken(error: unknown): boolean {
  return error instanceof AppError && error.code === 'seal-broken';
}

function describeReading(open: () => OpenDatabase): void {
  test('stands nowhere in the database as plain text', async () => {
    await fill(open());
    const tables = await open().db.introspection.getTables();
    const texts: string[] = [];
    for (const { name } of tables) {
      const { rows } = await sql<{ row: string }>`select t::text as row from ${sql.table(name)} t`.execute(
        open().db,
      );
      texts.push(...rows.map(({ row }) => row));
    }
    const everything = texts.join('\n').toLowerCase();
    assert.ok(everything.includes('een'), 'the rows were read');
    for (const secret of [EMAIL, PHONE, PHONE.slice(1), SEED, CLIENT_SECRET, KEY, FORMER, TEXT]) {
      assert.equal(everything.includes(secret.toLowerCase()), false, secret);
    }
  });

  test('differs in every row, while equal addresses are found by one digest', async () => {
    const { tenantId } = await fill(open());
    const rows = await open()
      .db.selectFrom('account')
      .select(['email_sealed', 'phone_sealed', 'email_digest', 'phone_digest'])
      .where('tenant_id', '=', tenantId)
      .execute();
    assert.equal(new Set(rows.flatMap((row) => [row.email_sealed, row.phone_sealed])).size, 4);
    assert.equal(new Set(rows.map((row) => row.email_digest)).size, 1);
    assert.equal(new Set(rows.map((row) => row.phone_digest)).size, 1);
  });
}

function describeMoving(open: () => OpenDatabase): void {
  for (const column of ['email_sealed', 'phone_sealed'] as const) {
    test(`${column} of one account does not open in another`, async () => {
      const { tenantId, ids } = await fill(open());
      const [from = '', to = ''] = ids;
      const { accounts } = createStores(open());
      await sql`update account set ${sql.id(column)} = (select ${sql.id(column)} from account where id = ${from})
        where id = ${to}`.execute(open().db);
      await assert.rejects(accounts.findById(tenantId, to), isBroken);
      assert.equal((await accounts.findById(tenantId, from))?.email, EMAIL);
    });
  }

  test('an e-mail address does not open as a phone number', async () => {
    const { tenantId, ids } = await fill(open());
    const [id = ''] = ids;
    await sql`update account set phone_sealed = email_sealed where id = ${id}`.execute(open().db);
    await assert.rejects(createStores(open()).accounts.findById(tenantId, id), isBroken);
  });

  test('a former address does not open in the link of another person', async () => {
    const { tenantId, ids } = await fill(open());
    const [from = '', to = ''] = ids;
    await sql`update mail_link set former_email_sealed = (select former_email_sealed from mail_link
      where account_id = ${from}) where account_id = ${to}`.execute(open().db);
    const { links } = createStores(open());
    await assert.rejects(links.find(tenantId, 'twee', AT), isBroken);
    assert.equal((await links.find(tenantId, 'een', AT))?.formerEmail, FORMER);
  });

  test('a factor, a client secret or a key does not open in another row', async () => {
    const { tenantId, ids } = await fill(open());
    const { factors, clients, keys } = createStores(open());
    const [from = '', to = ''] = ids;
    const run = (statement: ReturnType<typeof sql>) => statement.execute(open().db);
    await run(sql`update factor set data_sealed = (select data_sealed from factor where account_id = ${from})
      where account_id = ${to}`);
    await run(sql`update client set secret_sealed = (select secret_sealed from client
      where tenant_id = ${tenantId} and client_id = 'een') where tenant_id = ${tenantId} and client_id = 'twee'`);
    await run(sql`update key set secret_sealed = (select secret_sealed from key where id = ${`${tenantId}-1`})
      where id = ${`${tenantId}-2`}`);
    await assert.rejects(factors.list(tenantId, to), isBroken);
    assert.equal((await factors.list(tenantId, from))[0]?.data, SEED);
    await assert.rejects(clients.find(tenantId, 'twee'), isBroken);
    assert.equal((await clients.find(tenantId, 'een'))?.client_secret, CLIENT_SECRET);
    await assert.rejects(keys.list({ purpose: 'signing', tenantId }), isBroken);
  });
}

function describeQueue(open: () => OpenDatabase): void {
  test('a message does not open in another row, and keeps no other from being given out', async () => {
    const { tenantId, ids } = await fill(open());
    const [from = '', to = ''] = ids;
    await sql`update message set payload_sealed = (select payload_sealed from message where account_id = ${from})
      where account_id = ${to}`.execute(open().db);
    const items = await createStores(open()).queue.claim({ at: AT, leaseUntil: AT, most: 1_000 });
    const seen = items
      .filter((item) => item.tenantId === tenantId)
      .map(({ accountId, payload, unreadable }) => ({ accountId, payload, unreadable }));
    assert.deepEqual(
      new Set(seen),
      new Set([
        { accountId: from, payload: TEXT, unreadable: false },
        { accountId: to, payload: '', unreadable: true },
      ]),
    );
  });

  for (const end of ['done', 'dead'] as const) {
    test(`what a message says is wiped when it is ${end}`, async () => {
      const { tenantId } = await fill(open());
      const { queue } = createStores(open());
      const items = await queue.claim({ at: AT, leaseUntil: AT, most: 1_000 });
      for (const item of items) await queue[end](item, { at: AT, fault: 'number' });
      const rows = await open()
        .db.selectFrom('message')
        .select(['state', 'payload_sealed'])
        .where('tenant_id', '=', tenantId)
        .execute();
      assert.deepEqual(
        rows,
        [0, 1].map(() => ({ state: end, payload_sealed: null })),
      );
    });
  }
}

describe('what is kept sealed', () => {
  const ending = endOfSuite();
  let database: OpenDatabase;
  before(async () => {
    database = await createTestPglite(ending);
  });

  describeReading(() => database);
  describeMoving(() => database);
  describeQueue(() => database);
});
