import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { createTestDatabase, endOfSuite } from '../support/postgres.ts';
import { productSettings, startProduct } from '../support/product-process.ts';
import { testRedisUrl } from '../support/redis.ts';

/** Code that fails at a signal, where nobody catches it, and would go on. */
const failing = {
  thrown: "process.on('SIGUSR2', () => { throw new Error('planted') })",
  rejected: "process.on('SIGUSR2', () => { Promise.reject(new Error('planted')) })",
};

describe('what nobody catches', { concurrency: 2 }, () => {
  const ending = endOfSuite();
  let settings: Awaited<ReturnType<typeof productSettings>>;

  before(async () => {
    settings = await productSettings((await createTestDatabase(ending)).url, testRedisUrl());
  });

  for (const [how, code] of Object.entries(failing)) {
    test(`${how} ends the process with exit code 1 and one line`, async (t) => {
      const own = await productSettings('', '');
      const { listen, management } = own;
      const product = await startProduct(t, { ...settings, listen, management }, [
        '--import',
        `data:text/javascript,${encodeURIComponent(code)}`,
      ]);
      await product.untilReady();
      product.process.kill('SIGUSR2');
      assert.equal(await product.ended, 1);
      const told = product.records().filter(({ level }) => level === 50);
      assert.equal(told.length, 1);
      assert.equal(told[0]?.msg, 'unexpected failure: ending');
      assert.match(JSON.stringify(told[0]), /planted/);
      assert.doesNotMatch(product.printed(), /\n\s+at /);
    });
  }
});
