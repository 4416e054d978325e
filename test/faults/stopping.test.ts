import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Browser } from '../support/browser.ts';
import { eventually, shortAnswer } from '../support/product-process.ts';
import { beginSignIn } from '../support/sign-in.ts';
import { setFaultStage } from './stage.ts';

test('who is asked to stop turns people away first, and still answers who is there', async (t) => {
  const { product, place, redis } = await setFaultStage(t);
  const { request } = await beginSignIn(place);
  redis.stall();
  const asked = new Browser().get(request.url);
  // The process takes connections in order: with the later one answered, it has the earlier one's request.
  assert.equal((await shortAnswer(`${place.issuer}/jwks`)).status, 200);
  const ended = product.stop();
  const { text } = await eventually(
    () => shortAnswer(`${product.management}/readyz`),
    (answer) => answer.text === 'stopping',
  );
  assert.equal(text, 'stopping');
  assert.equal((await shortAnswer(`${place.issuer}/jwks`)).status, 0, 'nobody new is let in');
  redis.pass();
  assert.equal((await asked).status, 303);
  assert.equal(await ended, 0);
});
