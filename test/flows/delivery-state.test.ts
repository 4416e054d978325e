import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { before, describe, type TestContext, test } from 'node:test';
import nock from 'nock';
import { z } from 'zod';
import nl from '#interactions/locales/nl.json' with { type: 'json' };
import { standInForMessageBird, taken } from '../adapters/messaging/messagebird-stand-in.ts';
import type { Answer, Browser } from '../support/browser.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { behindPassword, newNumbers, tenantWith } from '../support/second-steps.ts';
import { jwtOf, seconds } from '../support/signed-jwt.ts';

const SIGNING_KEY = 'a-signing-key-for-delivery-reports';
const newNumber = newNumbers();
const request = z.looseObject({ reference: z.uuid() });

/** What a page says now of the message; its texts for later stand in attributes. */
const newsOn = ({ body }: Answer) => /<p class="delivery"[^>]*>([^<]*)<\/p>/.exec(body)?.[1];

describe('news of a text message with a code', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    const messagebird = { accessKey: 'an-access-key', originator: 'Test', signingKey: SIGNING_KEY };
    const messaging = { sms: ['messagebird' as const], messagebird };
    const settings = { tenant: tenantWith('sms'), messaging };
    // The supplier's host is stood in for in this process only.
    installation = await startInstallation(ending, { settings, realSuppliers: true, replicas: 1 });
  });

  /** Somebody at the second step, and the id of the message that MessageBird took for them. */
  const atSecondStep = async (t: TestContext, loginName: string) => {
    await installation.createAccount({ loginName, withPhone: newNumber() });
    const { requests } = standInForMessageBird(t, '/messages', taken());
    nock.enableNetConnect(/^(localhost|127\.0\.0\.1)(:|$)/);
    const { browser, page } = await behindPassword(installation, loginName);
    assert.equal(page.step, 'second-step');
    return { browser, page, delivery: request.parse(requests[0]?.body).reference };
  };

  /** Tells what became of a message, signed as MessageBird does. */
  const report = async (delivery: string, status: string) => {
    const url = `${installation.issuer}/webhooks/messagebird/${delivery}?status=${status}`;
    const now = seconds();
    const url_hash = createHash('sha256').update(url).digest('hex');
    const claims = { iss: 'MessageBird', jti: randomUUID(), nbf: now, exp: now + 60, url_hash };
    const signature = jwtOf(claims, { secret: SIGNING_KEY });
    const answer = await fetch(url, { headers: { 'messagebird-signature-jwt': signature } });
    assert.equal(answer.status, 204);
  };

  /** What the script is told, and what the two pages show. */
  const told = async (browser: Browser, { url }: Answer) => {
    const news: unknown = JSON.parse((await browser.get(`${url}/delivery`)).body);
    const pages = [await browser.get(url), await browser.get(`${url}/stuck`)];
    assert.deepEqual(
      pages.map(({ step }) => step),
      ['second-step', 'stuck'],
    );
    return { news, pages: pages.map(newsOn) };
  };
  const nothing = { news: {}, pages: ['', ''] };

  for (const [status, state] of [
    ['sent', 'accepted'],
    ['delivered', 'delivered'],
    ['delivery_failed', 'failed'],
  ] as const) {
    test(`is nothing before a report, and after one of ${status} it is ${state} on both pages`, async (t) => {
      const { browser, page, delivery } = await atSecondStep(t, `nieuws-${state}`);
      assert.deepEqual(await told(browser, page), nothing);
      await report(delivery, status);
      const words = nl.send.state.sms[state];
      assert.deepEqual(await told(browser, page), { news: { state }, pages: [words, words] });
    });
  }

  test('is told to the sign-in that the message was sent for, and to no other', async (t) => {
    const one = await atSecondStep(t, 'eigen-nieuws');
    const other = await atSecondStep(t, 'ander-nieuws');
    await report(one.delivery, 'delivered');
    assert.deepEqual((await told(one.browser, one.page)).news, { state: 'delivered' });
    assert.deepEqual(await told(other.browser, other.page), nothing);
    const peeked = await other.browser.get(`${one.page.url}/delivery`);
    assert.doesNotMatch(peeked.body, /"state"/);
  });
});
