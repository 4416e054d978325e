import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { type Kysely, sql } from 'kysely';
import { openPostgres } from '#adapters/postgres/connect.ts';
import { failClosed } from '#adapters/postgres/fail-closed.ts';
import type { Database } from '#adapters/postgres/schema.ts';
import { AppError } from '#src/errors.ts';
import { openLink } from '../../support/link.ts';
import { createTestDatabase } from '../../support/postgres.ts';

/** Milliseconds: what a person waits for at most, with room for a busy machine. */
const AT_MOST = 4_500;

const TENANT = '5f1c0a52-6d2e-4c11-9f5b-0c7d1a3f6a01';

async function openThroughLink(t: TestContext, poolSize: number) {
  const { url, owner } = await createTestDatabase(t);
  const address = new URL(url);
  const link = await openLink(t, Number(address.port));
  address.port = String(link.port);
  const database = openPostgres({ url: address.href, poolSize });
  t.after(() => database[Symbol.asyncDispose]());
  return { link, database, owner };
}

/** How one piece of work ended, and after how many milliseconds. */
async function time(work: Promise<unknown>): Promise<{ ms: number; failure: unknown }> {
  const start = performance.now();
  const failure = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  return { ms: performance.now() - start, failure };
}

function assertUnavailable({ ms, failure }: { ms: number; failure: unknown }): void {
  assert.ok(failure instanceof AppError && failure.code === 'store-unavailable', String(failure));
  assert.equal(failure.status, 503);
  assert.ok(failure.retryAfter !== undefined);
  assert.ok(ms < AT_MOST, `it took ${Math.round(ms)} ms`);
}

function sleep(db: Kysely<Database>, seconds: number) {
  return failClosed(() => sql`select pg_sleep(${seconds})`.execute(db));
}

describe('a database that accepts and never answers', () => {
  test('is told to everybody within the time that a person waits, and recovers', async (t) => {
    const { link, database } = await openThroughLink(t, 2);
    link.stall();
    const asked = Array.from({ length: 10 }, () => time(database.ping()));
    for (const outcome of await Promise.all(asked)) assertUnavailable(outcome);
    link.pass();
    await database.ping();
  });

  test('is told as soon when it falls silent half-way, also inside a transaction', async (t) => {
    const { link, database } = await openThroughLink(t, 2);
    await database.ping();
    const inTransaction = failClosed(() =>
      database
        .forTenant(TENANT)
        .transaction()
        .execute(async (transaction) => {
          await sql`select 1`.execute(transaction);
          link.stall();
          await sql`select 2`.execute(transaction);
        }),
    );
    assertUnavailable(await time(inTransaction));
    assertUnavailable(await time(database.ping()));
    link.pass();
    await database.ping();
  });

  test('does not keep a process from ending', async (t) => {
    const { link, database } = await openThroughLink(t, 2);
    const open = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    await Promise.all([database.ping(), database.ping()]);
    link.stall();
    const before = open();
    await database[Symbol.asyncDispose]();
    const deadline = Date.now() + AT_MOST;
    // The link keeps its own ends: both of ours are gone.
    while (open() > before - 2) {
      assert.ok(Date.now() < deadline, `${open()} of ${before} sockets are open`);
      await new Promise(setImmediate);
    }
  });
});

describe('a connection whose answer came too late', () => {
  test('is never given to the next one who asks', async (t) => {
    const { link, database, owner } = await openThroughLink(t, 1);
    const pid = async () => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(database.db);
      return rows[0]?.pid;
    };
    const first = await pid();
    link.stall();
    const late = failClosed(() => sql`select 'for the first one' as answer`.execute(database.db));
    assertUnavailable(await time(late));
    link.pass();
    const { rows } = await sql`select 'for the second one' as answer`.execute(database.db);
    assert.deepEqual(rows, [{ answer: 'for the second one' }]);
    assert.notEqual(await pid(), first);
    // The pool has room again: nothing of the first connection is kept.
    const { rows: open } = await sql<{ open: number }>`
      select count(*) as open from pg_stat_activity
      where datname = current_database() and application_name = 'poortwachter'
        and usename <> current_user and pid <> ${first}`.execute(owner.db);
    assert.deepEqual(open, [{ open: 1 }]);
  });
});

describe('a database that is too slow', () => {
  test('refuses at once whoever comes after those that wait', async (t) => {
    const { url } = await createTestDatabase(t);
    await using database = openPostgres({ url, poolSize: 2 });
    const busy = [time(sleep(database.db, 10)), time(sleep(database.db, 10))];
    const waiting = Array.from({ length: 250 }, () => time(database.ping()));
    const more = Promise.all(Array.from({ length: 500 }, () => time(database.ping())));
    // They wait for nothing: not even for the first of those before them.
    assert.equal(await Promise.race([more, ...busy, ...waiting]), await more);
    for (const outcome of await more) assertUnavailable(outcome);
    for (const outcome of await Promise.all(busy)) assertUnavailable(outcome);
    // Those that waited got the connections that came free, or were told in time.
    for (const outcome of await Promise.all(waiting)) {
      if (outcome.failure === undefined) assert.ok(outcome.ms < AT_MOST);
      else assertUnavailable(outcome);
    }
    await database.ping();
  });

  test('refuses nobody while a burst fits', async (t) => {
    const { url } = await createTestDatabase(t);
    await using database = openPostgres({ url, poolSize: 2 });
    await Promise.all(Array.from({ length: 250 }, () => database.ping()));
  });

  test('ends a statement in the server too, and keeps the connection', async (t) => {
    const { url } = await createTestDatabase(t);
    await using database = openPostgres({ url, poolSize: 1 });
    const pid = sql<{ pid: number }>`select pg_backend_pid() as pid`;
    const before = await pid.execute(database.db);
    const slow = await time(sleep(database.db, 10));
    assertUnavailable(slow);
    assert.deepEqual((await pid.execute(database.db)).rows, before.rows);
  });
});
