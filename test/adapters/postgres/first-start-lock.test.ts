import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { sql } from 'kysely';
import { type OpenDatabase, openPostgres } from '#adapters/postgres/connect.ts';
import { createFirstStartLock } from '#adapters/postgres/first-start-lock.ts';
import { AppError } from '#src/errors.ts';
import { openLink } from '../../support/link.ts';
import { createTestDatabase, endConnections } from '../../support/postgres.ts';

/** Resolves when as many sessions as that hold the lock or wait for it. */
async function untilAsked({ db }: OpenDatabase, count: number): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const { rows } = await sql<{ asked: number }>`select count(*) as asked from pg_locks
      where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())
    `.execute(db);
    if ((rows[0]?.asked ?? 0) >= count) return;
    assert.ok(Date.now() < deadline, `${rows[0]?.asked} of ${count} asked for the lock`);
  }
}

describe('the lock of a first start', () => {
  test('lets five processes make one thing once, each on a pool of one', async (t) => {
    const { url, owner } = await createTestDatabase(t);
    await sql`create table made (by integer)`.execute(owner.db);
    await sql`grant all on made to public`.execute(owner.db);
    let working = 0;
    const start = async (by: number) => {
      await using own = openPostgres({ url, poolSize: 1 });
      return createFirstStartLock({ url })(async () => {
        working += 1;
        assert.equal(working, 1, 'nobody else is at work');
        const { rows } = await sql`select by from made`.execute(own.db);
        if (rows.length === 0) await sql`insert into made values (${by})`.execute(own.db);
        working -= 1;
        return rows.length;
      });
    };
    const found = await Promise.all([1, 2, 3, 4, 5].map(start));
    assert.deepEqual(found.sort(), [0, 1, 1, 1, 1]);
  });

  test('takes one connection of a process, however many of its tenants start at once', async (t) => {
    const { url, owner } = await createTestDatabase(t);
    const firstStart = createFirstStartLock({ url });
    const done = Promise.withResolvers<void>();
    const order: number[] = [];
    const first = firstStart(() => done.promise);
    await untilAsked(owner, 1);
    const later = [1, 2, 3].map((at) => firstStart(async () => order.push(at)));
    // Another process asks after them: when it waits, they would have asked long before.
    const other = createFirstStartLock({ url })(async () => {});
    await untilAsked(owner, 2);
    const { rows } = await sql<{ open: number }>`select count(*) as open from pg_stat_activity
      where datname = current_database() and application_name = 'poortwachter first start'`.execute(owner.db);
    assert.equal(rows[0]?.open, 2);
    done.resolve();
    await Promise.all([first, other, ...later]);
    assert.deepEqual(order, [1, 2, 3]);
  });

  test('lets whoever waits in the same process go after the same time, without touching those before', async (t) => {
    const { url } = await createTestDatabase(t);
    const firstStart = createFirstStartLock({ url, patience: 300 });
    const done = Promise.withResolvers<string>();
    const first = firstStart(() => done.promise);
    await assert.rejects(
      firstStart(() => assert.fail('it was not its turn')),
      (error) => error instanceof AppError && error.code === 'store-unavailable',
    );
    const third = firstStart(async () => 'third');
    done.resolve('first');
    assert.deepEqual(await Promise.all([first, third]), ['first', 'third']);
  });

  test('is not waited for endlessly, and the failure says what is going on', async (t) => {
    const { url, owner } = await createTestDatabase(t);
    const done = Promise.withResolvers<void>();
    const holding = createFirstStartLock({ url })(() => done.promise);
    await untilAsked(owner, 1);
    await assert.rejects(
      createFirstStartLock({ url, patience: 100 })(() => assert.fail('it did not have the lock')),
      (error) =>
        error instanceof AppError && /another process has been busy with its first start/.test(error.message),
    );
    done.resolve();
    await holding;
  });

  test('goes with the process that held it, whose work is not undone by that', async (t) => {
    const { url, owner } = await createTestDatabase(t);
    const done = Promise.withResolvers<string>();
    const first = createFirstStartLock({ url })(() => done.promise);
    await untilAsked(owner, 1);
    await endConnections(url);
    // Free although the work goes on: it is the server's to give.
    assert.equal(await createFirstStartLock({ url, patience: 5_000 })(async () => 'second'), 'second');
    done.resolve('first');
    assert.equal(await first, 'first');
  });

  test('is given back by work that failed, whose failure passes as it is', async (t) => {
    const { url } = await createTestDatabase(t);
    const broken = new TypeError('a fault of the work');
    await assert.rejects(
      createFirstStartLock({ url })(() => Promise.reject(broken)),
      (error) => error === broken,
    );
    assert.equal(await createFirstStartLock({ url, patience: 2_000 })(async () => 'next'), 'next');
  });

  test('leaves no connection open that fell silent while it was held, for that would keep a process from ending', async (t) => {
    const { url } = await createTestDatabase(t);
    const address = new URL(url);
    const link = await openLink(t, Number(address.port));
    address.port = String(link.port);
    const sockets = () => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
    const done = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const held = createFirstStartLock({ url: address.href })(() => {
      begun.resolve();
      return done.promise;
    });
    // Not when the database says so: its word that the lock is ours may still be on the way then.
    await begun.promise;
    const before = sockets();
    link.stall();
    done.resolve();
    await held;
    const deadline = Date.now() + 2_000;
    while (sockets() >= before && Date.now() < deadline) await setImmediate();
    assert.equal(sockets(), before - 1);
  });

  test('fails closed on a database that is silent', async (t) => {
    const { url } = await createTestDatabase(t);
    const address = new URL(url);
    const link = await openLink(t, Number(address.port));
    address.port = String(link.port);
    link.stall();
    await assert.rejects(
      createFirstStartLock({ url: address.href })(() => assert.fail('it did not have the lock')),
      (error) =>
        error instanceof AppError && error.code === 'store-unavailable' && error.cause instanceof Error,
    );
  });
});
