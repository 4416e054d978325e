import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { createTestDatabase, endOfSuite } from '../support/postgres.ts';
import { freePort } from '../support/private-server.ts';
import { productSettings, startProduct } from '../support/product-process.ts';
import { startOwnRedis, testRedisUrl } from '../support/redis.ts';

const DATABASE = 'database.url (DATABASE_URL)';
const REDIS = 'redis.url (REDIS_URL)';

describe('a store that no waiting mends ends the start at once', { concurrency: 2 }, () => {
  const ending = endOfSuite();
  let databaseUrl: string;
  let lockedRedis: string;

  before(async () => {
    databaseUrl = (await createTestDatabase(ending)).url;
    lockedRedis = (await startOwnRedis(ending, await freePort(), '--requirepass', 'right')).url;
  });

  /** The address with something else in it. */
  const changed = (url: string, change: (url: URL) => void) => {
    const other = new URL(url);
    change(other);
    return other.href;
  };
  const cases: [
    what: string,
    urls: () => { database?: string; redis?: string },
    sentence: RegExp,
    at: string,
  ][] = [
    [
      'Postgres, wrong password',
      () => ({
        database: changed(databaseUrl, (url) => {
          url.password = 'planted';
        }),
      }),
      /Postgres refuses the user or its password \(28P01\)/,
      DATABASE,
    ],
    [
      'Postgres, no such database',
      () => ({
        database: changed(databaseUrl, (url) => {
          url.pathname = '/planted';
        }),
      }),
      /Postgres has no database of that name \(3D000\)/,
      DATABASE,
    ],
    [
      'Postgres, without the TLS that was asked for',
      () => ({ database: `${databaseUrl}?sslmode=verify-full` }),
      /Postgres speaks no TLS/,
      DATABASE,
    ],
    [
      'Redis, wrong password',
      () => ({
        redis: changed(lockedRedis, (url) => {
          url.password = 'planted';
        }),
      }),
      /Redis refuses the user or its password \(WRONGPASS\)/,
      REDIS,
    ],
    [
      'Redis, no password',
      () => ({ redis: lockedRedis }),
      /Redis refuses the user or its password \(NOAUTH\)/,
      REDIS,
    ],
  ];

  for (const [what, urls, sentence, setting] of cases) {
    test(what, async (t) => {
      const { database = databaseUrl, redis = testRedisUrl() } = urls();
      const settings = await productSettings(database, redis);
      // They share a database, so they are one installation with a tenant for each address.
      const tenant = { ...settings.tenant, key: `t${settings.listen.port}` };
      const product = await startProduct(t, { ...settings, tenant, masterKey: 'A'.repeat(43) });
      assert.equal(await product.ended, 1);
      const said =
        product
          .printed()
          .split('\n')
          .find((line) => line.startsWith('Poortwachter can not start:')) ?? '';
      assert.match(said, sentence);
      assert.ok(said.endsWith(`; check ${setting}`), said);
      assert.doesNotMatch(product.printed(), /planted|waiting for|\n\s+at /);
      const warnings = product.records().filter(({ msg }) => msg === 'safeguards are switched off');
      assert.deepEqual(
        warnings.map(({ settings: names }) => names),
        [['unsafe.plainHttp']],
      );
    });
  }
});
