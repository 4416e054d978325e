import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { sql } from 'kysely';
import { type OpenDatabase, openPostgres } from '#adapters/postgres/connect.ts';
import { failClosed, failClosedStore } from '#adapters/postgres/fail-closed.ts';
import { checkSchema, migrate } from '#adapters/postgres/migrate.ts';
import { AppError } from '#src/errors.ts';
import { newAccount } from '../../contracts/account-store.ts';
import { createTestDatabase, createTestPglite, endConnections } from '../../support/postgres.ts';
import { createStores, newFactor } from './store-contracts.ts';

const SOMEBODY = randomUUID();

function isUnavailable(error: unknown): boolean {
  return (
    error instanceof AppError &&
    error.code === 'store-unavailable' &&
    error.status === 503 &&
    error.retryAfter !== undefined &&
    error.cause instanceof Error
  );
}

/** Something that listens and never says a word, and its port. */
async function openSilentServer(t: TestContext): Promise<number> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return address.port;
}

/** What people come back in by, and what keeps others out. */
function waysBack({ accounts, lanes, links }: ReturnType<typeof createStores>): Promise<unknown>[] {
  const lane = { lane: '', of: 'password', limit: 1, at: 1 } as const;
  const link = { id: SOMEBODY, accountId: SOMEBODY, purpose: 'reset', createdAt: 1, expiresAt: 2 } as const;
  return [
    accounts.findForRecovery(SOMEBODY, { canonical: 'werkgever', email: undefined }, 1),
    accounts.setSuspended(SOMEBODY, SOMEBODY, { by: 'person', at: 1 }),
    accounts.restoreEmail(SOMEBODY, SOMEBODY, { email: 'a@example.nl', at: 1 }),
    accounts.changePassword(SOMEBODY, SOMEBODY, { hash: '', at: 1, provesEmail: undefined }),
    lanes.countFailure(SOMEBODY, SOMEBODY, lane),
    lanes.countFailure(SOMEBODY, undefined, lane),
    lanes.signedIn(SOMEBODY, SOMEBODY, { lane: '', browser: 'laptop', at: 1 }),
    lanes.list(SOMEBODY, SOMEBODY),
    lanes.forget(SOMEBODY, SOMEBODY, { allBut: undefined }),
    lanes.unblock(SOMEBODY, SOMEBODY),
    links.issue(SOMEBODY, { ...link, tokenHash: '', codeDigest: undefined, formerEmail: undefined }),
    links.find(SOMEBODY, 'hash', 1),
    links.opened(SOMEBODY, SOMEBODY, 1),
    links.spend(SOMEBODY, 'hash', 'browser', 1),
    links.spendByCode(SOMEBODY, [], 'browser', 1),
    links.invitation(SOMEBODY, SOMEBODY, 1),
    links.endAll(SOMEBODY, SOMEBODY, 1, 'former-addresses'),
    links.formerAddresses(SOMEBODY, SOMEBODY),
  ];
}

function everyCall(database: OpenDatabase): Promise<unknown>[] {
  const stores = createStores(database);
  const { accounts, factors, backupCodes, enrolments, clients, keys, queue, tenants } = stores;
  const item = { id: SOMEBODY, tenantId: SOMEBODY, accountId: SOMEBODY, kind: 'message', payload: '' };
  const claimed = { ...item, createdAt: 1, expiresAt: 2, attempts: 1, unreadable: false };
  const factor = newFactor(SOMEBODY, SOMEBODY);
  const code = { id: SOMEBODY, hash: '', createdAt: 1 };
  const owner = { purpose: 'cookie', tenantId: undefined } as const;
  const times = { createdAt: 0, currentFrom: 0, succeeds: undefined };
  const key = { id: 'k', ...owner, kind: 'hmac', secret: 's', ...times } as const;
  return [
    ...waysBack(stores),
    accounts.create(newAccount(SOMEBODY, 'werkgever')),
    accounts.findById(SOMEBODY, SOMEBODY),
    accounts.findByLoginName(SOMEBODY, 'werkgever'),
    accounts.findForSignIn(SOMEBODY, { canonical: 'werkgever', email: undefined }),
    accounts.findStanding(SOMEBODY, SOMEBODY),
    accounts.list(SOMEBODY, { limit: 1 }),
    accounts.setDisabled(SOMEBODY, SOMEBODY, 1),
    accounts.replacePasswordHash(SOMEBODY, SOMEBODY, 'a', 'b'),
    factors.list(SOMEBODY, SOMEBODY),
    factors.addFirst(factor, 1),
    factors.add(factor, 1),
    factors.use(SOMEBODY, SOMEBODY, { counter: 1 }, 1),
    factors.countAccounts(SOMEBODY, 'sms', 'x'),
    backupCodes.find(SOMEBODY, SOMEBODY),
    backupCodes.replace(SOMEBODY, SOMEBODY, code, undefined),
    backupCodes.countTry(SOMEBODY, SOMEBODY, SOMEBODY),
    backupCodes.use(SOMEBODY, SOMEBODY, SOMEBODY, 1),
    enrolments.load(SOMEBODY, SOMEBODY),
    enrolments.skip(SOMEBODY, SOMEBODY, 'sms'),
    enrolments.saveFirstSignIn(SOMEBODY, SOMEBODY, { question: undefined, email: 'a@b.example' }, 1),
    enrolments.finish(SOMEBODY, SOMEBODY, 1),
    enrolments.findQuestion(SOMEBODY, SOMEBODY),
    enrolments.proveEmail(SOMEBODY, SOMEBODY, 'a@b.example'),
    enrolments.resetSecondStep(SOMEBODY, SOMEBODY),
    clients.find(SOMEBODY, 'verzuim'),
    clients.add(SOMEBODY, { client_id: 'verzuim' }),
    clients.list(SOMEBODY),
    clients.remove(SOMEBODY, 'verzuim'),
    keys.list(owner),
    keys.change(owner, { add: key }),
    keys.wipe(owner, ['k'], 1),
    queue.put([claimed]),
    queue.claim({ at: 1, leaseUntil: 2, most: 1 }),
    queue.done(claimed, { at: 1 }),
    queue.retry(claimed, { nextAt: 1, fault: 'x' }),
    queue.dead(claimed, { at: 1, fault: 'x' }),
    queue.depth(),
    queue.ofAccount(SOMEBODY, SOMEBODY, 1),
    queue.report(SOMEBODY, SOMEBODY, 'accepted'),
    tenants.ensure('default', 'https://login.example'),
    tenants.moveIssuer(SOMEBODY, 'https://login.example'),
    database.ping(),
    checkSchema(database.db),
    migrate(database.db),
  ];
}

describe('a database that does not answer', () => {
  test('makes every call of every store fail closed', async (t) => {
    const port = await openSilentServer(t);
    await using refused = openPostgres({ url: 'postgres://a:b@127.0.0.1:1/none', poolSize: 2 });
    for (const call of await Promise.allSettled(everyCall(refused))) {
      assert.ok(call.status === 'rejected' && isUnavailable(call.reason));
    }
    await using silent = openPostgres({ url: `postgres://a:b@127.0.0.1:${port}/none`, poolSize: 2 });
    await assert.rejects(silent.ping(), isUnavailable);
  });

  test('includes an embedded one that was closed', async (t) => {
    const database = await createTestPglite(t);
    await database.ping();
    await database[Symbol.asyncDispose]();
    for (const call of await Promise.allSettled(everyCall(database))) {
      assert.ok(call.status === 'rejected' && isUnavailable(call.reason));
    }
  });

  test('includes one that does not know us', async (t) => {
    const { url } = await createTestDatabase(t);
    const wrong = new URL(url);
    wrong.password = 'wrong';
    await using stranger = openPostgres({ url: wrong.href, poolSize: 1 });
    await assert.rejects(stranger.ping(), isUnavailable);
    wrong.password = new URL(url).password;
    wrong.pathname = '/nowhere';
    await using lost = openPostgres({ url: wrong.href, poolSize: 1 });
    await assert.rejects(lost.ping(), isUnavailable);
  });
});

describe('a connection that breaks', () => {
  test('while idle is replaced without a restart', async (t) => {
    const { url } = await createTestDatabase(t);
    const lost = Promise.withResolvers<Error>();
    await using database = openPostgres({ url, poolSize: 1, onConnectionLost: lost.resolve });
    await database.ping();
    await endConnections(url);
    await lost.promise;
    await database.ping();
  });

  test('inside a transaction fails that transaction, not the process', async (t) => {
    const { url } = await createTestDatabase(t);
    const lost = Promise.withResolvers<Error>();
    await using database = openPostgres({ url, poolSize: 1, onConnectionLost: lost.resolve });
    const work = failClosed(() =>
      database.db.transaction().execute(async (transaction) => {
        await sql`select 1`.execute(transaction);
        await endConnections(url);
        await lost.promise;
        await sql`select 1`.execute(transaction);
      }),
    );
    await assert.rejects(work, isUnavailable);
    await database.ping();
  });
});

describe('the pool', () => {
  test('opens no more connections than it may, and bounds every statement', async (t) => {
    const { url, owner } = await createTestDatabase(t);
    await using database = openPostgres({ url, poolSize: 3 });
    await Promise.all(Array.from({ length: 30 }, () => sql`select pg_sleep(0.01)`.execute(database.db)));
    const { rows } = await sql<{ open: number }>`
      select count(*) as open from pg_stat_activity
      where datname = current_database() and usename <> current_user`.execute(owner.db);
    assert.deepEqual(rows, [{ open: 3 }]);
    const limit = await sql<{ statement_timeout: string }>`show statement_timeout`.execute(database.db);
    assert.deepEqual(limit.rows, [{ statement_timeout: '3s' }]);
  });
});

describe('failing closed', () => {
  test('does not call a bug an outage', async () => {
    const store = failClosedStore({
      broken: async () => {
        throw new TypeError('a closed book');
      },
      refused: async () => {
        throw Object.assign(new Error('duplicate key'), { code: '23505', severity: 'ERROR' });
      },
    });
    await assert.rejects(store.broken(), TypeError);
    await assert.rejects(store.refused(), { code: '23505' });
  });

  test('keeps the code of a failure that has one', async () => {
    const broken = new AppError('seal-broken', 500, 'connection terminated');
    await assert.rejects(
      failClosed(() => Promise.reject(broken)),
      (error) => error === broken,
    );
  });

  test('calls a statement that took too long, a read-only server and a full one an outage', async () => {
    for (const code of ['57014', '25006', '53300', '40P01', '57P01']) {
      const error = Object.assign(new Error(code), { code, severity: 'ERROR' });
      await assert.rejects(
        failClosed(() => Promise.reject(error)),
        isUnavailable,
      );
    }
  });
});
