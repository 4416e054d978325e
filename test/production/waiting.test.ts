import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { putFarAway } from '../support/far-store.ts';
import { createTestDatabase, endOfSuite } from '../support/postgres.ts';
import { eventually, productSettings, shortAnswer, startProduct } from '../support/product-process.ts';
import { testRedisUrl } from '../support/redis.ts';

const STACK = /\n\s+at /;
const ways = ['refuse', 'stall'] as const;
const stores = [
  { name: 'Postgres', setting: 'database.url (DATABASE_URL)' },
  { name: 'Redis', setting: 'redis.url (REDIS_URL)' },
] as const;

describe('a start with a store that is not there', { concurrency: 2 }, () => {
  const ending = endOfSuite();
  const masterKey = randomBytes(32).toString('base64');
  let databaseUrl: string;

  before(async () => {
    databaseUrl = (await createTestDatabase(ending)).url;
  });

  /** A start whose one store is reached over a link that is disturbed already. */
  const startWithout = async (
    t: Parameters<typeof putFarAway>[0],
    { name, way, patienceSeconds }: { name: string; way: 'refuse' | 'stall'; patienceSeconds: number },
  ) => {
    const far = await putFarAway(t, name === 'Postgres' ? databaseUrl : testRedisUrl());
    far.link[way]();
    const settings = await productSettings(
      name === 'Postgres' ? far.url : databaseUrl,
      name === 'Redis' ? far.url : testRedisUrl(),
    );
    // They share a database, so they are one installation with a tenant for each address.
    const tenant = { ...settings.tenant, key: `t${settings.listen.port}` };
    const product = await startProduct(t, { ...settings, masterKey, tenant, startup: { patienceSeconds } });
    return { product, link: far.link };
  };

  for (const { name, setting } of stores) {
    for (const way of ways) {
      test(`waits for ${name} (${way}), tells both ports’ readers, and serves when it comes`, async (t) => {
        const { product, link } = await startWithout(t, { name, way, patienceSeconds: 60 });
        const told = await product.untilLogged(({ msg }) => msg === `waiting for ${name}`);
        assert.equal(told.level, 40);
        assert.equal(told.store, name);
        assert.ok(Number(told.secondsLeft) > 50 && Number(told.secondsLeft) <= 60, JSON.stringify(told));
        assert.deepEqual(await shortAnswer(`${product.management}/livez`), { status: 200, text: 'ok' });
        assert.deepEqual(await shortAnswer(`${product.management}/readyz`), {
          status: 503,
          text: `starting: waiting for ${name}`,
        });
        assert.equal((await shortAnswer(product.origin)).status, 0, 'nobody is let in yet');
        link.pass();
        await product.untilReady();
        assert.equal((await shortAnswer(`${product.management}/readyz`)).status, 200);
        assert.equal(await product.stop(), 0);
      });

      test(`gives up on ${name} (${way}) with one sentence when patience ends`, async (t) => {
        const { product } = await startWithout(t, { name, way, patienceSeconds: 1 });
        assert.equal(await product.ended, 1);
        const sentence = `${name} did not answer within 1 seconds (startup.patienceSeconds); check ${setting}\n`;
        assert.ok(product.printed().includes(`Poortwachter can not start: ${sentence}`), product.printed());
        assert.doesNotMatch(product.printed(), STACK);
      });
    }
  }

  test('goes on telling how long it will still wait', async (t) => {
    const { product } = await startWithout(t, { name: 'Postgres', way: 'refuse', patienceSeconds: 30 });
    const isTelling = ({ msg }: { msg: string }) => msg === 'waiting for Postgres';
    const left = await eventually(
      async () =>
        product
          .records()
          .filter(isTelling)
          .map(({ secondsLeft }) => Number(secondsLeft)),
      ({ length }) => length >= 2,
    );
    assert.ok((left[0] ?? 0) - (left[1] ?? 0) >= 4, String(left));
  });

  test('ends in peace when it is asked to stop meanwhile', async (t) => {
    const { product } = await startWithout(t, { name: 'Redis', way: 'stall', patienceSeconds: 60 });
    await product.untilLogged(({ msg }) => msg === 'waiting for Redis');
    assert.equal(await product.stop(), 0, product.printed());
    assert.doesNotMatch(product.printed(), /can not start/);
  });
});
