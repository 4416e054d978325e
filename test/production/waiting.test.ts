import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { putFarAway } from '../support/far-store.ts';
import { createTestDatabase, type Ending, endOfSuite } from '../support/postgres.ts';
import { eventually, productSettings, shortAnswer, startProduct } from '../support/product-process.ts';
import { testRedisUrl } from '../support/redis.ts';

const STACK = /\n\s+at /;
/** In the order in which a start needs them. */
const STORES = ['Postgres', 'Redis'] as const;
type Store = (typeof STORES)[number];

describe('a start with a store that is not there', { concurrency: 2 }, () => {
  const ending = endOfSuite();
  const masterKey = randomBytes(32).toString('base64');
  let databaseUrl: string;

  before(async () => {
    databaseUrl = (await createTestDatabase(ending)).url;
  });

  type Way = 'pass' | 'refuse' | 'stall';

  /** A start whose stores are reached over links that may be disturbed already. */
  const startOver = async (t: Ending, ways: Record<Store, Way>, patienceSeconds: number) => {
    const far = {
      Postgres: await putFarAway(t, databaseUrl),
      Redis: await putFarAway(t, testRedisUrl()),
    };
    for (const name of STORES) far[name].link[ways[name]]();
    const settings = await productSettings(far.Postgres.url, far.Redis.url);
    // They share a database, so they are one installation with a tenant for each address.
    const tenant = { ...settings.tenant, key: `t${settings.listen.port}` };
    const product = await startProduct(t, { ...settings, masterKey, tenant, startup: { patienceSeconds } });
    return { product, pass: (name: Store) => far[name].link.pass() };
  };

  for (const ways of [
    { Postgres: 'refuse', Redis: 'stall' },
    { Postgres: 'stall', Redis: 'refuse' },
  ] as const) {
    test(`waits for Postgres (${ways.Postgres}), then for Redis (${ways.Redis}), tells both ports’ readers, and serves when they come`, async (t) => {
      const { product, pass } = await startOver(t, ways, 60);
      for (const name of STORES) {
        const told = await product.untilLogged(({ msg }) => msg === `waiting for ${name}`);
        assert.equal(told.level, 40);
        assert.equal(told.store, name);
        assert.ok(Number(told.secondsLeft) > 20 && Number(told.secondsLeft) <= 60, JSON.stringify(told));
        assert.deepEqual(await shortAnswer(`${product.management}/livez`), { status: 200, text: 'ok' });
        assert.deepEqual(await shortAnswer(`${product.management}/readyz`), {
          status: 503,
          text: `starting: waiting for ${name}`,
        });
        assert.equal((await shortAnswer(product.origin)).status, 0, 'nobody is let in yet');
        pass(name);
      }
      await product.untilReady();
      assert.equal((await shortAnswer(`${product.management}/readyz`)).status, 200);
      assert.equal(await product.stop(), 0);
    });
  }

  for (const [name, ways, setting] of [
    ['Postgres', { Postgres: 'refuse', Redis: 'pass' }, 'database.url (DATABASE_URL)'],
    ['Redis', { Postgres: 'pass', Redis: 'stall' }, 'redis.url (REDIS_URL)'],
  ] as const) {
    test(`gives up on ${name} (${ways[name]}) with one sentence when patience ends`, async (t) => {
      const { product } = await startOver(t, ways, 1);
      assert.equal(await product.ended, 1);
      const sentence = `${name} did not answer within 1 seconds (startup.patienceSeconds); check ${setting}\n`;
      assert.ok(product.printed().includes(`Poortwachter can not start: ${sentence}`), product.printed());
      assert.doesNotMatch(product.printed(), STACK);
    });
  }

  test('goes on telling how long it will still wait, and ends in peace when it is asked to stop meanwhile', async (t) => {
    const { product } = await startOver(t, { Postgres: 'pass', Redis: 'stall' }, 60);
    const left = await eventually(
      async () =>
        product
          .records()
          .filter(({ msg }) => msg === 'waiting for Redis')
          .map(({ secondsLeft }) => Number(secondsLeft)),
      ({ length }) => length >= 2,
    );
    assert.ok((left[0] ?? 0) - (left[1] ?? 0) >= 4, String(left));
    const told = product.records().map(({ msg }) => msg);
    assert.deepEqual(new Set(told), new Set(['safeguards are switched off', 'waiting for Redis']));
    assert.equal(await product.stop(), 0, product.printed());
    assert.doesNotMatch(product.printed(), /can not start/);
  });
});
