import assert from 'node:assert/strict';
import { get } from 'node:http';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { z } from 'zod';
import { createTestDatabase } from '../support/postgres.ts';
import { freePort } from '../support/private-server.ts';
import { productSettings, startProduct } from '../support/product-process.ts';
import { startOwnRedis } from '../support/redis.ts';

const PROCESSES = 4;

const keySet = z.object({ keys: z.array(z.looseObject({ kid: z.string(), kty: z.string() })) });

/** What one of several processes answers to a request for the installation's host. */
async function askOne(port: number, host: string, path: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const asked = get({ host: 'localhost', port, path, headers: { host } }, (answer) => {
    assert.equal(answer.statusCode, 200);
    text(answer).then(resolve, reject);
  });
  asked.on('error', reject);
  return promise;
}

test('four processes that start for the first time at once all serve, with one set of keys', async (t) => {
  const database = await createTestDatabase(t);
  const redis = await startOwnRedis(t, await freePort());
  const settings = await productSettings(database.url, redis.url);
  const started = performance.now();
  const products = await Promise.all(
    Array.from({ length: PROCESSES }, async () => {
      const { listen, management } = await productSettings('', '');
      return { ...(await startProduct(t, { ...settings, listen, management })), port: listen.port };
    }),
  );
  await Promise.all(products.map(({ untilReady }) => untilReady()));
  t.diagnostic(`all ready after ${Math.round(performance.now() - started)} ms`);
  const { host } = new URL(settings.issuer);
  const answers = await Promise.all(products.map(({ port }) => askOne(port, host, '/jwks')));
  const sets = answers.map((answer) => keySet.parse(JSON.parse(answer)).keys);
  const kinds = (sets[0] ?? []).map(({ kty }) => kty).sort();
  assert.deepEqual([...new Set(kinds)], ['EC', 'OKP', 'RSA']);
  for (const set of sets) assert.deepEqual(set, sets[0]);
  const made = await database.owner.db
    .selectFrom('key')
    .select(['purpose', 'kind'])
    .where('succeeds', 'is', null)
    .execute();
  assert.deepEqual(made.map(({ purpose, kind }) => `${purpose} ${kind}`).sort(), [
    'cookie hmac',
    'digest hmac',
    'signing ec',
    'signing okp',
    'signing rsa',
  ]);
  for (const { records } of products) {
    assert.deepEqual(
      records().filter(({ level }) => level >= 50),
      [],
    );
  }
});
