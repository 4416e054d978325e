import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { parseSettings } from '#config/load.ts';
import { compose } from '#src/compose.ts';
import { AppError } from '#src/errors.ts';
import { createPatience } from '#src/patience.ts';
import { listeningLog } from '../support/bare-socket.ts';
import { type Authority, makeAuthority } from '../support/certificates.ts';
import { createTestDatabase, endOfSuite } from '../support/postgres.ts';
import { startPostgresOverTls } from '../support/private-postgres.ts';
import { freePort } from '../support/private-server.ts';
import { productSettings, startProduct } from '../support/product-process.ts';
import { startOwnRedis, testRedisUrl } from '../support/redis.ts';

const DATABASE = 'database.url (DATABASE_URL)';
const REDIS = 'redis.url (REDIS_URL)';

describe('a store that no waiting mends ends the start at once', () => {
  const ending = endOfSuite();
  let databaseUrl: string;
  let lockedRedis: string;
  let authority: Authority;
  /** The address, by number, of a Postgres whose certificate is for localhost. */
  let strangerUrl: string;

  before(async () => {
    databaseUrl = (await createTestDatabase(ending)).url;
    authority = await makeAuthority(ending);
    strangerUrl = await startPostgresOverTls(ending, await authority.issue('DNS:localhost'));
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
      'Postgres, a certificate of an authority that nobody knows',
      () => ({ database: `${strangerUrl}?sslmode=verify-full` }),
      /Postgres shows a certificate that does not verify \(UNABLE_TO_VERIFY_LEAF_SIGNATURE\)/,
      DATABASE,
    ],
    [
      'Postgres, a certificate made out to another host',
      () => ({ database: `${strangerUrl}?sslmode=verify-full&sslrootcert=${authority.certFile}` }),
      /Postgres shows a certificate that does not verify \(ERR_TLS_CERT_ALTNAME_INVALID\)/,
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

  /** Settings of an installation of this address; they share a database, so each is a tenant of its own. */
  const settingsOf = async (database: string, redis: string) => {
    const settings = await productSettings(database, redis);
    const tenant = { ...settings.tenant, key: `t${settings.listen.port}` };
    return { ...settings, tenant, masterKey: 'A'.repeat(43) };
  };

  /** What a start in this process fails with. */
  const failureOf = async (database: string, redis: string): Promise<AppError> => {
    const loaded = parseSettings(await settingsOf(database, redis));
    assert.ok(loaded.ok, JSON.stringify(loaded));
    const { lines, log } = listeningLog();
    const patience = createPatience({ seconds: 60, log, onStore: () => {} });
    const failure = await compose(loaded.config, { log, patience }).catch((error: unknown) => error);
    assert.ok(failure instanceof AppError, 'it started');
    assert.doesNotMatch(`${failure.message} ${lines}`, /planted|waiting for/);
    return failure;
  };

  for (const [what, urls, sentence, setting] of cases) {
    test(what, async () => {
      const { database = databaseUrl, redis = testRedisUrl() } = urls();
      const { message } = await failureOf(database, redis);
      assert.match(message, sentence);
      assert.ok(message.endsWith(`; check ${setting}`), message);
    });
  }

  test('a certificate that verifies is believed: such a Postgres only lacks a schema', async () => {
    const believed = changed(
      `${strangerUrl}?sslmode=verify-full&sslrootcert=${authority.certFile}`,
      (url) => {
        url.hostname = 'localhost';
      },
    );
    assert.equal((await failureOf(believed, testRedisUrl())).code, 'schema-behind');
  });

  test('the process ends with that sentence, exit code 1 and no stack', async (t) => {
    const wrong = changed(lockedRedis, (url) => {
      url.password = 'planted';
    });
    const product = await startProduct(t, await settingsOf(databaseUrl, wrong));
    assert.equal(await product.ended, 1);
    const sentence = `Redis refuses the user or its password (WRONGPASS); check ${REDIS}`;
    assert.ok(
      product.printed().split('\n').includes(`Poortwachter can not start: ${sentence}`),
      product.printed(),
    );
    assert.doesNotMatch(product.printed(), /planted|waiting for|\n\s+at /);
    const warnings = product.records().filter(({ msg }) => msg === 'safeguards are switched off');
    assert.deepEqual(
      warnings.map(({ settings: names }) => names),
      [['unsafe.plainHttp']],
    );
  });
});
