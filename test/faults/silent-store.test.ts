import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Browser } from '../support/browser.ts';
import { eventually, shortAnswer } from '../support/product-process.ts';
import { beginSignIn, codeFor, tokensFor } from '../support/sign-in.ts';
import { assertStorelessAnswers, residentBytes, setFaultStage } from './stage.ts';

const REQUESTS = 300;
/** Milliseconds. Each waits seconds for its store; together they must not wait for one another. */
const ALL_ANSWERED = 15_000;
/** Bytes. 300 requests that hang hold their sockets and little else; the rest is rubbish that nobody collected yet. */
const GROWTH = 96 * 1024 * 1024;

test('hundreds of requests at a silent store end soon, cost little, and leave no trace', async (t) => {
  const stage = await setFaultStage(t);
  const { product, place } = stage;
  const { request } = await beginSignIn(place);
  const { tokens } = await tokensFor(place, 'binnen');
  const authorization = `Bearer ${tokens.access_token}`;
  for (const [name, ask] of [
    ['Postgres', () => new Browser().get(`${place.issuer}/me`, { authorization })],
    ['Redis', () => new Browser().get(request.url)],
  ] as const) {
    await t.test(name, async () => {
      const link = name === 'Postgres' ? stage.postgres : stage.redis;
      const before = await residentBytes(product);
      link.stall();
      const from = performance.now();
      const answers = Array.from({ length: REQUESTS }, ask);
      await assertStorelessAnswers(stage);
      const statuses = new Set((await Promise.all(answers)).map(({ status }) => status));
      const took = performance.now() - from;
      const grown = (await residentBytes(product)) - before;
      t.diagnostic(`${name}: ${Math.round(took)} ms, ${Math.round(grown / 1024 / 1024)} MB more`);
      assert.deepEqual(statuses, new Set([503]));
      assert.ok(took < ALL_ANSWERED, `${Math.round(took)} ms`);
      assert.ok(grown < GROWTH, `${grown} bytes`);
      link.pass();
      await eventually(
        () => shortAnswer(`${product.management}/readyz`),
        ({ status }) => status === 200,
      );
      await codeFor(place, `na-${name}`);
    });
  }
});
