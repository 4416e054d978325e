import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { sql } from 'kysely';
import { createSealer, type MasterKey, masterKeyFrom } from '#adapters/crypto/sealer.ts';
import { createAccountStore } from '#adapters/postgres/account-store.ts';
import { createClientStore } from '#adapters/postgres/client-store.ts';
import type { OpenDatabase } from '#adapters/postgres/connect.ts';
import { createFactorStore } from '#adapters/postgres/factor-store.ts';
import { createKeyStore } from '#adapters/postgres/key-store.ts';
import { createMailLinkStore } from '#adapters/postgres/mail-link-store.ts';
import { createQueueStore } from '#adapters/postgres/queue-store.ts';
import { createSealedStore } from '#adapters/postgres/sealed-store.ts';
import { AppError } from '#src/errors.ts';
import type { KeyOwner } from '#src/provider/ports.ts';
import {
  createReseal,
  type ResealFault,
  type ResealOptions,
  type ResealProgress,
} from '#src/secret/reseal.ts';
import { createAccount, newAccount } from '../../contracts/account-store.ts';
import { createTestDatabase, createTestPglite } from '../../support/postgres.ts';
import { createSetting, digester, newFactor } from './store-contracts.ts';

const [OLD, NEW] = [newMasterKey(), newMasterKey()];
const INSTALLATION: KeyOwner = { purpose: 'cookie', tenantId: undefined };
const TEXTS = ['', 'x', 'é€😀', '.v1.', 'a'.repeat(5_000)];

function newMasterKey(): MasterKey {
  return masterKeyFrom(randomBytes(32).toString('base64'));
}

function storesUnder(database: OpenDatabase, current: MasterKey, previous: readonly MasterKey[] = []) {
  const sealer = createSealer({ current, previous });
  return {
    sealer,
    accounts: createAccountStore({ database, sealer, digester }),
    factors: createFactorStore({ database, sealer }),
    clients: createClientStore({ database, sealer }),
    keys: createKeyStore({ database, sealer }),
    links: createMailLinkStore({ database, sealer }),
    queue: createQueueStore({ database, sealer }),
  };
}

function resealOf(database: OpenDatabase, current: MasterKey, previous: readonly MasterKey[]) {
  const sealer = createSealer({ current, previous });
  const recorded: { operator: string; key: string; texts: number }[] = [];
  const reseal = createReseal({
    ...{ sealer, currentKeyId: current.id, store: createSealedStore({ database }) },
    recorded: async ({ operator }, found) => void recorded.push({ operator, ...found }),
  });
  return Object.assign(
    (options: Omit<ResealOptions, 'operator'>) => reseal({ operator: 'anne', ...options }),
    {
      recorded,
    },
  );
}

/** One of everything that is sealed for one tenant; gives back what to read it by. */
async function fill(database: OpenDatabase, tenantId: string, master: MasterKey, text: string) {
  const { accounts, factors, clients, keys, links, queue } = storesUnder(database, master);
  const name = `n${randomUUID()}`;
  const account = newAccount(tenantId, name, { email: `${text}@a`, phone: `${text}1` });
  const { id: accountId } = await createAccount(accounts, account);
  await factors.addFirst({ ...newFactor(tenantId, accountId), data: text }, 1);
  await clients.add(tenantId, { client_id: name, client_secret: text });
  await keys.change({ purpose: 'signing', tenantId }, { add: keyOf(tenantId, text) });
  const link = {
    id: randomUUID(),
    accountId,
    tokenHash: name,
    codeDigest: undefined,
    formerEmail: `${text}@f`,
  };
  await links.issue(tenantId, { ...link, purpose: 'former-address', createdAt: 1, expiresAt: 2 });
  const item = { id: randomUUID(), tenantId, accountId, kind: 'message', payload: text };
  await queue.put([{ ...item, createdAt: 1, expiresAt: 2 }]);
  return { tenantId, accountId, name, text, itemId: item.id };
}

function keyOf(tenantId: string | undefined, secret: string) {
  const owned =
    tenantId === undefined
      ? ({ purpose: 'cookie', tenantId, kind: 'hmac' } as const)
      : ({ purpose: 'signing', tenantId, kind: 'ec' } as const);
  return { ...owned, id: randomUUID(), secret, createdAt: 1, currentFrom: 1, succeeds: undefined };
}

async function readBack(database: OpenDatabase, master: MasterKey, kept: Awaited<ReturnType<typeof fill>>) {
  const { accounts, factors, clients, keys, links, queue } = storesUnder(database, master);
  const { tenantId, accountId, name, itemId } = kept;
  // A lease of no length: they are all there the next time.
  const items = await queue.claim({ at: 1, leaseUntil: 1, most: 100 });
  const account = await accounts.findById(tenantId, accountId);
  return {
    email: account?.email,
    phone: account?.phone,
    factor: (await factors.list(tenantId, accountId))[0]?.data,
    former: (await links.find(tenantId, name, 1))?.formerEmail,
    client: (await clients.find(tenantId, name))?.client_secret,
    key: (await keys.list({ purpose: 'signing', tenantId }))[0]?.secret,
    message: items.find(({ id }) => id === itemId)?.payload,
  };
}

function describeResealing(
  name: string,
  open: (t: Parameters<typeof createTestPglite>[0]) => Promise<OpenDatabase>,
  texts: readonly string[],
) {
  describe(`sealing anew on ${name}`, () => {
    test('everything of every tenant opens under the new key alone, as it was', async (t) => {
      const database = await open(t);
      const kept = [];
      for (const text of texts) {
        const { tenantId } = await createSetting(database);
        kept.push(await fill(database, tenantId, OLD, text));
      }
      await storesUnder(database, OLD).keys.change(INSTALLATION, { add: keyOf(undefined, 'ours') });
      const seen: ResealProgress[] = [];
      const reseal = resealOf(database, NEW, [OLD]);
      const summary = await reseal({ batch: 2, onProgress: (step) => seen.push(step) });
      const total = texts.length * 7 + 1;
      assert.deepEqual(summary.sealedBy, { [OLD.id]: total });
      assert.equal(
        summary.tables.reduce((sum, { resealed }) => sum + resealed, 0),
        total,
      );
      assert.deepEqual(
        ['account', 'factor', 'mail_link', 'message', 'client', 'key'].map(
          (table) => seen.findLast((step) => step.table === table)?.done,
        ),
        [texts.length * 2, ...Array(4).fill(texts.length), texts.length + 1],
      );
      for (const one of kept) {
        const { text } = one;
        const same = { factor: text, client: text, key: text, message: text };
        const expected = { email: `${text}@a`, phone: `${text}1`, former: `${text}@f`, ...same };
        assert.deepEqual(await readBack(database, NEW, one), expected);
      }
      assert.equal((await storesUnder(database, NEW).keys.list(INSTALLATION))[0]?.secret, 'ours');
      assert.deepEqual(reseal.recorded, [{ operator: 'anne', key: NEW.id, texts: total }]);
      const again = await reseal({});
      assert.equal(reseal.recorded.length, 1, 'what seals nothing anew is recorded');
      assert.deepEqual(
        [again.sealedBy, again.tables.map((table) => table.total)],
        [{ [NEW.id]: total }, [0, 0, 0, 0, 0, 0]],
      );
    });

    test('what no key opens is told by its row and left, and the rest goes on', async (t) => {
      const database = await open(t);
      const { tenantId } = await createSetting(database);
      const stranger = newMasterKey();
      const lost = await fill(database, tenantId, stranger, 'lost');
      const { tenantId: otherId } = await createSetting(database);
      const kept = await fill(database, otherId, OLD, 'kept');
      await sql`update client set secret_sealed = 'nonsense' where client_id = ${lost.name}`.execute(
        database.db,
      );
      const faults: ResealFault[] = [];
      const { tables, sealedBy } = await resealOf(database, NEW, [OLD])({
        onFault: (fault) => faults.push(fault),
      });
      assert.deepEqual(sealedBy, { [stranger.id]: 6, [OLD.id]: 7, malformed: 1 });
      assert.equal(
        tables.reduce((sum, { unreadable }) => sum + unreadable, 0),
        7,
      );
      assert.deepEqual(new Set(faults.map(({ place }) => place.table)).size, 6);
      const ofAccount = faults.find(({ place }) => place.column === 'email_sealed');
      assert.deepEqual([ofAccount?.id, ofAccount?.place.of], [lost.accountId, tenantId]);
      assert.match(ofAccount?.reason ?? '', new RegExp(`unknown key \\(${stranger.id}\\)`));
      assert.equal((await readBack(database, NEW, kept)).email, 'kept@a');
      assert.equal(
        (await storesUnder(database, stranger).accounts.findById(tenantId, lost.accountId))?.email,
        'lost@a',
      );
    });
  });
}

describeResealing('Postgres', async (t) => (await createTestDatabase(t)).owner, TEXTS);
// What texts there are is no matter of the engine, and this one takes its time.
describeResealing('PGlite', createTestPglite, ['', 'x']);

describe('sealing anew', () => {
  test('gives back every text', () => {
    const before = createSealer({ current: OLD, previous: [] });
    const both = createSealer({ current: NEW, previous: [OLD] });
    const after = createSealer({ current: NEW, previous: [] });
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, context) => {
        const anew = both.seal(both.open(before.seal(text, context), context), context);
        assert.equal(after.open(anew, context), text);
      }),
    );
  });

  test('knows every sealed column there is', async (t) => {
    const { owner } = await createTestDatabase(t);
    await createSetting(owner);
    const tables = await owner.db.introspection.getTables();
    const sealed = tables.flatMap(({ name, columns }) =>
      columns.filter((column) => column.name.endsWith('_sealed')).map((column) => `${name}.${column.name}`),
    );
    const known = (await createSealedStore({ database: owner }).places()).map(
      (place) => `${place.table}.${place.column}`,
    );
    assert.ok(sealed.length >= 7);
    assert.deepEqual([...new Set(known)].sort(), sealed.sort());
  });

  test('loses against whoever changes a row meanwhile', async (t) => {
    const { owner } = await createTestDatabase(t);
    const { tenantId } = await createSetting(owner);
    const { accountId } = await fill(owner, tenantId, OLD, 'before');
    const store = createSealedStore({ database: owner });
    const place = { table: 'account', column: 'email_sealed', of: tenantId };
    const [value] = await store.page(place, { keyId: NEW.id, after: undefined, limit: 10 });
    assert.ok(value !== undefined);
    const later = storesUnder(owner, OLD).sealer.seal('later@a', value.context);
    await sql`update account set email_sealed = ${later} where id = ${accountId}`.execute(owner.db);
    assert.equal(await store.replace(place, [{ ...value, anew: 'lost' }]), 0);
    assert.equal((await storesUnder(owner, OLD).accounts.findById(tenantId, accountId))?.email, 'later@a');
  });

  test('only counts when it is told to', async (t) => {
    const { owner } = await createTestDatabase(t);
    const { tenantId } = await createSetting(owner);
    const kept = await fill(owner, tenantId, OLD, 'text');
    const reseal = resealOf(owner, NEW, [OLD]);
    const { sealedBy, tables } = await reseal({ dryRun: true });
    assert.deepEqual(reseal.recorded, []);
    assert.deepEqual([sealedBy, tables], [{ [OLD.id]: 7 }, []]);
    assert.equal((await readBack(owner, OLD, kept)).email, 'text@a');
  });

  test('changes nothing while it can not be recorded', async (t) => {
    const { owner } = await createTestDatabase(t);
    const { tenantId } = await createSetting(owner);
    const kept = await fill(owner, tenantId, OLD, 'text');
    const reseal = createReseal({
      sealer: createSealer({ current: NEW, previous: [OLD] }),
      currentKeyId: NEW.id,
      store: createSealedStore({ database: owner }),
      recorded: () => Promise.reject(new AppError('store-unavailable', 503, 'the test says so')),
    });
    await assert.rejects(reseal({ operator: 'anne' }), /the test says so/);
    assert.equal((await readBack(owner, OLD, kept)).email, 'text@a');
  });

  test('is refused to the role of the application, in words', async (t) => {
    const { owner, application } = await createTestDatabase(t);
    const { tenantId } = await createSetting(owner);
    await fill(owner, tenantId, OLD, 'text');
    await assert.rejects(
      resealOf(application, NEW, [OLD])({}),
      (error) => error instanceof AppError && /set DATABASE_MIGRATION_URL to the owner/.test(error.message),
    );
  });
});
