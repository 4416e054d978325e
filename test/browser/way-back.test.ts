import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { codeOf, keyIn } from '../support/authenticator.ts';
import { startChromium } from '../support/chromium.ts';
import { type Installation, PASSWORD, startInstallation } from '../support/installation.ts';
import { freePort } from '../support/private-server.ts';
import { createRelyingParty } from '../support/relying-party.ts';
import { assertStep } from './stage.ts';

const SECRET = 'another-test-secret-of-32-characters!';

/** An application that only listens: resolves to the first request that reaches its callback, with its body. */
async function listenForAnswer(t: TestContext) {
  const port = await freePort();
  const answer = Promise.withResolvers<{ request: IncomingMessage; body: string }>();
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    response.end('<!doctype html><title>application</title><main data-step="application">here</main>');
    if (request.url?.startsWith('/callback')) answer.resolve({ request, body });
  }).listen(port, 'localhost');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { redirectUri: `http://localhost:${port}/callback`, answer: answer.promise };
}

async function openScene(t: TestContext) {
  const application = await listenForAnswer(t);
  const client = {
    client_id: 'other',
    client_secret: SECRET,
    redirect_uris: [application.redirectUri],
    first_party: true,
  };
  const installation = await startInstallation(t, { clients: [client] });
  const chromium = await startChromium();
  t.after(() => chromium.close());
  const page = await (await chromium.newContext({ locale: 'nl-NL' })).newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  const { redirectUri } = application;
  const party = await createRelyingParty(installation.issuer, { id: 'other', secret: SECRET, redirectUri });
  return { installation, page, party, application, complaints };
}

async function signIn(page: Page, installation: Installation, loginName: string): Promise<void> {
  const { appData } = await installation.createAccount({ loginName, withApp: true });
  await page.fill('[name=login_name]', loginName);
  await page.fill('[name=password]', PASSWORD);
  await page.click('#sign-in');
  await assertStep(page, 'second-step');
  await page.fill('[name=code]', codeOf(keyIn(appData ?? '')));
  await page.click('#continue');
}

test('an answer by form_post reaches the application under the content security policy', async (t) => {
  const { installation, page, party, application, complaints } = await openScene(t);
  const request = await party.begin({ response_mode: 'form_post' });
  await page.goto(request.url);
  await signIn(page, installation, 'arts');
  const { request: received, body } = await application.answer;
  assert.equal(received.method, 'POST');
  const fields = new URLSearchParams(body);
  assert.equal(fields.get('state'), request.state);
  assert.ok(fields.get('code'));
  await page.waitForSelector('[data-step=application]');
  assert.deepEqual(complaints, []);
});

test('somebody else signing in at the same browser ends the first session and still arrives', async (t) => {
  const { installation, page, party, application, complaints } = await openScene(t);
  const first = await party.begin();
  await page.goto(first.url);
  await signIn(page, installation, 'arts');
  await application.answer;

  const second = await party.begin({ prompt: 'login' });
  await page.goto(second.url);
  await signIn(page, installation, 'manager');
  await page.waitForURL(`${application.redirectUri}*`);
  const tokens = await party.finish(second, page.url());
  const person = await party.userinfo(tokens.access_token, tokens.claims()?.sub ?? '');
  assert.equal(person.preferred_username, 'manager');
  assert.deepEqual(complaints, []);
});
