import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { codeOf, keyOn } from '../support/authenticator.ts';
import { openLine } from '../support/bare-socket.ts';
import { type Answer, Browser } from '../support/browser.ts';
import { codeIn as codeOfLetter } from '../support/letters.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { freePort } from '../support/private-server.ts';
import { productEnvironment } from '../support/product-process.ts';
import { testRedisUrl } from '../support/redis.ts';
import { askEndpoint, createRelyingParty, userinfoStatus } from '../support/relying-party.ts';
import { codeIn } from '../support/sign-in.ts';
import { type Child, startNode } from '../support/trial.ts';
import { type OwnMessaging, openOwnMessaging } from './own-messaging.ts';

const PASSWORD = 'tulp-fiets-Gracht-71';
const LOGIN_NAME = 'geplant';
const CLIENT_SECRET = 'planted-client-secret-of-32-characters';
const MASTER_KEY = randomBytes(32).toString('base64');

/** Everything of a process and of a person's way through it that no line may ever hold. */
interface Planted {
  secrets: Set<string>;
  /** Digits that were secret: what looks like them inside a longer number is not them. */
  codes: Set<string>;
  /** Makes one more and remembers it. */
  make(): string;
}

function plantedIn(database: string): Planted {
  const redis = new URL(testRedisUrl()).password;
  const known = [PASSWORD, CLIENT_SECRET, MASTER_KEY, new URL(database).password, redis];
  const secrets = new Set(known.filter((text) => text !== ''));
  return {
    secrets,
    codes: new Set(),
    make() {
      const secret = `planted-${randomBytes(12).toString('hex')}`;
      secrets.add(secret);
      return secret;
    },
  };
}

async function environment(t: TestContext, databaseUrl: string) {
  const folder = await mkdtemp(join(tmpdir(), 'poortwachter-secrets-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const client = {
    client_id: 'app',
    client_secret: CLIENT_SECRET,
    first_party: true,
    redirect_uris: ['http://localhost:9/callback'],
  };
  const config = join(folder, 'settings.yaml');
  await writeFile(config, JSON.stringify({ clients: [client] }), { mode: 0o600 });
  return {
    ...(await productEnvironment(databaseUrl, testRedisUrl())),
    POORTWACHTER_CONFIG: config,
    POORTWACHTER_MASTER_KEY: MASTER_KEY,
    POORTWACHTER_LOG_LEVEL: 'debug',
    POORTWACHTER_LOG_FORMAT: 'json',
  };
}

async function until(child: Child, text: string): Promise<void> {
  const seen = Promise.withResolvers<void>();
  const look = () => {
    if (child.printed().includes(text)) seen.resolve();
  };
  child.process.stdout?.on('data', look);
  child.ended.then((code) => seen.reject(new Error(`it ended with ${code}:\n${child.printed()}`)));
  look();
  await seen.promise;
}

const PHONE = '+31612345098';

/** A whole first sign-in from its first page on, with a slip on each; resolves to where it leads. */
async function signInFirst(
  { browser, page, messaging }: { browser: Browser; page: Answer; messaging: OwnMessaging },
  { secrets, codes, make }: Planted,
): Promise<Answer> {
  secrets.add(PHONE.slice(1));
  const secretCode = (code: string): string => {
    codes.add(code);
    return code;
  };
  await browser.press(page, 'continue', { phone: make() });
  const sent = await browser.press(page, 'continue', { phone: PHONE });
  const sms = secretCode(codeOfLetter(messaging.newestSms()));
  const wrong = String((Number(sms) + 1) % 1_000_000).padStart(6, '0');
  await browser.press(sent, 'continue', { code: make() });
  await browser.press(sent, 'continue', { code: secretCode(wrong) });
  const key = await browser.press(sent, 'continue', { code: sms });
  for (const credential of [make(), JSON.stringify({ id: make(), response: { clientDataJSON: make() } })])
    await browser.post(`${page.url}/enrol`, { method: 'webauthn', credential });
  const app = await browser.press(key, 'skip');
  const seed = keyOn(app);
  secrets.add(seed);
  await browser.press(app, 'continue', { code: make() });
  const backup = await browser.press(app, 'continue', { code: secretCode(codeOf(seed)) });
  const shown = /id="backup-code"[^>]*>(\d{4} \d{4})</.exec(backup.body)?.[1] ?? '';
  codes.add(shown).add(shown.replace(' ', ''));
  const asked = await browser.press(await browser.press(backup, 'send-backup-code'), 'continue');
  const email = `${make()}@test.example`;
  await browser.press(asked, 'save', { question: make(), answer: make(), email: make() });
  const saved = { question: 'first-concert', answer: make(), email };
  const confirm = await browser.press(asked, 'save', saved);
  await browser.submit(confirm, { code: make() });
  const mailed = messaging.codeMailedTo(email);
  assert.ok(mailed, 'a code came by mail');
  return browser.submit(confirm, { code: secretCode(mailed) });
}

/** The way of a person and an application, with every kind of slip on it. */
async function useEverything(
  t: TestContext,
  { issuer, messaging }: { issuer: string; messaging: OwnMessaging },
  planted: Planted,
): Promise<void> {
  const { secrets, make } = planted;
  const party = await createRelyingParty(issuer, { id: 'app', secret: CLIENT_SECRET });
  const browser = new Browser();
  const asked = await party.begin({ login_hint: make(), acr_values: make() });
  const page = await browser.open(asked.url);
  const type = (login_name: string, password: string) => browser.submit(page, { login_name, password });
  await type(make(), make());
  await type(LOGIN_NAME, make());
  await browser.postRaw(`${page.url}/password`, JSON.stringify({ password: make() }), {
    'content-type': 'application/json',
  });
  await browser.post(`${page.url}/password?password=${make()}`, { password: make() }, { origin: 'null' });
  const setUp = await type(LOGIN_NAME, PASSWORD);
  const done = await signInFirst({ browser, page: setUp, messaging }, planted);
  const tokens = await party.finish(asked, done.location);
  for (const secret of [codeIn(done.location), asked.verifier, asked.state, asked.nonce, tokens.access_token])
    secrets.add(secret);
  for (const secret of [tokens.refresh_token, tokens.id_token]) secrets.add(secret ?? '');
  for (const { name, value } of browser.cookies)
    if (name.includes('session') || name.endsWith('.sig')) secrets.add(value);

  const refresh = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' };
  for (let times = 0; times < 3; times += 1) {
    const { json } = await party.askToken(refresh);
    for (const token of [json.access_token, json.refresh_token, json.id_token]) if (token) secrets.add(token);
  }
  await userinfoStatus(issuer, tokens.access_token);
  await userinfoStatus(issuer, make());
  await fetch(`${issuer}/me?access_token=${make()}`, {
    headers: { dpop: make(), 'user-agent': make(), referer: make() },
  });
  const basic = Buffer.from(`app:${make()}`).toString('base64');
  secrets.add(basic);
  const proof = { client_assertion: make(), client_assertion_type: make(), client_id: make() };
  for (const path of ['/token', '/request', '/token/introspection', '/token/revocation']) {
    const fields = {
      grant_type: 'authorization_code',
      code: make(),
      code_verifier: make(),
      token: make(),
      state: make(),
    };
    await askEndpoint(issuer + path, { ...fields, client_id: 'app', client_secret: make() });
    await askEndpoint(issuer + path, {
      ...fields,
      client_id: 'app',
      client_secret: CLIENT_SECRET,
      redirect_uri: make(),
    });
    await askEndpoint(issuer + path, fields, { authorization: `Basic ${basic}` });
    await askEndpoint(issuer + path, fields, { authorization: make() });
    await askEndpoint(issuer + path, { ...fields, ...proof });
    await fetch(issuer + path, {
      method: 'POST',
      body: JSON.stringify({ password: make() }),
      headers: { 'content-type': `application/${make()}` },
    });
  }
  for (const path of ['/auth', '/session/end', '/nowhere', '/interaction/x', '/auth/x']) {
    const query = new URLSearchParams({
      state: make(),
      code: make(),
      id_token_hint: make(),
      redirect_uri: make(),
      client_id: 'app',
      request: make(),
    });
    await browser.get(`${issuer}${path}?${query}`, {
      cookie: `poortwachter_session=${make()}; poortwachter_session.sig=${make()}`,
    });
  }
  const { port } = new URL(issuer);
  const line = await openLine(t, Number(port));
  line.socket.write(`GET /?x=${make()} HTTP/1.1\r\nHost: localhost:${port}\r\nX-\0: ${make()}\r\n\r\n`);
  await line.closed();
  await browser.get(`${issuer}/last-one`);
}

test('nothing secret is ever printed, whatever somebody sends', async (t) => {
  const { url } = await createTestDatabase(t);
  const planted = plantedIn(url);
  const messaging = await openOwnMessaging(t, planted.make());
  const env = { ...(await environment(t, url)), ...messaging.env };
  const email = `${planted.make()}@test.example`;
  const child = startNode(['src/main.ts'], env);
  t.after(async () => {
    child.process.kill('SIGKILL');
    await child.ended;
  });
  await until(child, 'ready');
  const names = ['--given-name', planted.make(), '--family-name', planted.make(), '--email', email];
  const command = [
    'src/cli/bin.mjs',
    'user',
    'create',
    LOGIN_NAME,
    ...names,
    '--role',
    'tester',
    '--password-stdin',
  ];
  const created = startNode(command, env, `${PASSWORD}\n`);
  assert.equal(await created.ended, 0, created.printed());
  assert.equal(created.printed().includes(PASSWORD), false);
  await useEverything(t, { issuer: env.POORTWACHTER_ISSUER, messaging }, planted);
  await until(child, '/last-one');
  child.process.kill('SIGTERM');
  assert.equal(await child.ended, 0, child.printed());

  const printed = child.printed();
  const steps = ['sign-in.password', 'code.requested', 'method.enrolled', 'method.refused'];
  const closing = ['backup-code.made', 'first-sign-in.saved', 'email.checked'];
  for (const told of [...steps, ...closing, 'tokens.issued', 'tokens refused'])
    assert.match(printed, new RegExp(told));
  assert.ok(planted.secrets.size > 100);
  for (const secret of planted.secrets) {
    assert.ok(secret.length >= 6, 'too short to be looked for');
    const at = printed.indexOf(secret);
    assert.equal(at, -1, `${secret} in …${printed.slice(Math.max(0, at - 300), at + 100)}`);
  }
  assert.ok(planted.codes.size >= 5);
  for (const code of planted.codes)
    assert.doesNotMatch(printed, new RegExp(`(?<!\\d)${code}(?!\\d)`), `the code ${code}`);
  assert.doesNotMatch(printed, /postgres(ql)?:\/\/|rediss?:\/\/[^ ]*@|eyJ[\w-]{10}/);
});

test('a start that fails tells no password of the stores', async (t) => {
  const { url } = await createTestDatabase(t);
  const planted = plantedIn(url);
  const withPassword = (address: string) => {
    const wrong = new URL(address);
    wrong.username = wrong.username === '' ? 'somebody' : wrong.username;
    wrong.password = planted.make();
    return wrong.href;
  };
  const env = { ...(await environment(t, url)), POORTWACHTER_STARTUP_PATIENCE_SECONDS: '1' };
  const nowhere = `127.0.0.1:${await freePort()}`;
  const starts = [
    // Wrong passwords of stores that are there: refused-stores.test.ts.
    { ...env, REDIS_URL: withPassword(`redis://${nowhere}`) },
    {
      ...env,
      DATABASE_URL: `mysql://x:${planted.make()}@${nowhere}/x`,
      POORTWACHTER_MASTER_KEY: planted.make(),
    },
  ];
  const run = async ({ PORT: _port, MANAGEMENT_PORT: _management, ...rest }: typeof env) => {
    const ports = { PORT: String(await freePort()), MANAGEMENT_PORT: String(await freePort()) };
    const child = startNode(['src/main.ts'], { ...rest, ...ports });
    assert.equal(await child.ended, 1, child.printed());
    return child.printed();
  };
  for (const printed of await Promise.all(starts.map(run))) {
    assert.match(printed, /Poortwachter can not start|The configuration has/);
    for (const secret of planted.secrets) assert.equal(printed.includes(secret), false, printed);
  }
});
