import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { openPasswordHasher } from '#adapters/crypto/password-hasher.ts';
import { parseSettings } from '#config/load.ts';
import type { RawSettings } from '#config/settings.ts';
import { systemClock } from '#src/clock.ts';
import { openDurable } from '#src/compose/durable.ts';
import { createLog } from '#src/log.ts';
import { establishTenant } from '#src/tenant/establish-tenant.ts';
import { createTestAccount } from '../support/accounts.ts';
import { type Asked, askProcess } from '../support/ask-process.ts';
import { Browser } from '../support/browser.ts';
import { CLIENT } from '../support/installation.ts';
import { createTestDatabase, type Ending, endOfSuite } from '../support/postgres.ts';
import { freePort } from '../support/private-server.ts';
import {
  eventually,
  type ProductProcess,
  productSettings,
  startProduct,
} from '../support/product-process.ts';
import { testRedisUrl } from '../support/redis.ts';
import { createRelyingParty } from '../support/relying-party.ts';
import { codeIn, signInWithApp } from '../support/sign-in.ts';
import { startNode } from '../support/trial.ts';

/** Milliseconds within which every process publishes a new key. */
const KNOWN_WITHIN = 10_000;

const jwksSchema = z.object({ keys: z.array(z.looseObject({ kid: z.string(), kty: z.string() })) });
const tokensSchema = z.object({ id_token: z.string(), access_token: z.string(), refresh_token: z.string() });
const rotation = z.object({ rotated: z.tuple([z.object({ kid: z.string() }).loose()]) });
const withdrawal = z
  .object({ withdrawnAt: z.iso.datetime(), successor: z.object({ kid: z.string() }).loose() })
  .loose();

const kidOf = (token: string) =>
  String(JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid);

/** Somebody with an app, in the stores that the processes share. */
async function makeAccount(settings: RawSettings, loginName: string) {
  const loaded = parseSettings(settings);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
  const { config } = loaded;
  const clock = systemClock;
  const log = createLog({ level: 'silent', format: 'json' });
  await using durable = await openDurable(config, { clock, log });
  await using hasher = await openPasswordHasher(config.password);
  const tenant = await establishTenant(durable.tenants, {
    settings: config.tenant,
    issuer: config.issuer,
    mayMove: false,
  });
  // Without await the stores would be closed under it.
  return await createTestAccount({ composition: { durable, hasher, clock } }, tenant, {
    loginName,
    withApp: true,
  });
}

/** Two processes of one installation, and how to ask either of them by the installation's name. */
async function startTwo(t: Ending) {
  const { url } = await createTestDatabase(t);
  const client = {
    ...CLIENT,
    redirect_uris: [...CLIENT.redirect_uris],
    post_logout_redirect_uris: [...CLIENT.post_logout_redirect_uris],
    first_party: true,
  };
  const settings = {
    ...(await productSettings(url, testRedisUrl())),
    clients: [client, { ...client, client_id: 'rsa', id_token_signed_response_alg: 'RS256' as const }],
  };
  const second = {
    ...settings,
    listen: { ...settings.listen, port: await freePort() },
    management: { ...settings.management, port: await freePort() },
  };
  const both = await Promise.all([startProduct(t, settings), startProduct(t, second)]);
  await Promise.all(both.map((one) => one.untilReady()));
  const folder = await mkdtemp(join(tmpdir(), 'poortwachter-keys-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'settings.yaml');
  await writeFile(file, JSON.stringify(settings), { mode: 0o600 });
  return { settings, both, file };
}

/** An application, and the one refresh token that it has. */
interface Application {
  id: string;
  refreshToken: string;
}

// At a time, since both wait seconds for a key to sign: each has an application and a kind of key to itself.
describe('keys of two processes on one Postgres and one Redis', { concurrency: 2 }, () => {
  // Before the processes end: neither had anything to regret.
  after(() => {
    const failures = two.both.flatMap((one) => one.records().filter(({ level }) => level >= 50));
    assert.deepEqual(failures, []);
  });
  const ending = endOfSuite();
  let two: Awaited<ReturnType<typeof startTwo>>;
  const ec: Application = { id: CLIENT.client_id, refreshToken: '' };
  const rsa: Application = { id: 'rsa', refreshToken: '' };
  let turn = 0;

  const ask = ({ origin }: ProductProcess, path: string, more: Pick<Asked, 'form' | 'headers'> = {}) =>
    askProcess({ origin, issuer: two.settings.issuer, path, ...more });
  const kidsAt = async (process: ProductProcess, kind: 'EC' | 'RSA') => {
    const answer = await ask(process, '/jwks');
    assert.equal(answer.status, 200);
    const { keys } = jwksSchema.parse(JSON.parse(answer.body));
    return keys.filter(({ kty }) => kty === kind).map(({ kid }) => kid);
  };
  /** What each process publishes of a kind. */
  const published = (kind: 'EC' | 'RSA') => Promise.all(two.both.map((process) => kidsAt(process, kind)));

  /** One application's round at one process: new tokens and userinfo. Gives the ID token's kid. */
  const round = async (application: Application, process: ProductProcess): Promise<string> => {
    const { id: client_id, refreshToken: refresh_token } = application;
    const { client_secret } = CLIENT;
    const form = { grant_type: 'refresh_token', refresh_token, client_id, client_secret };
    const answer = await ask(process, '/token', { form });
    assert.equal(answer.status, 200, answer.body);
    const tokens = tokensSchema.parse(JSON.parse(answer.body));
    application.refreshToken = tokens.refresh_token;
    const me = await ask(process, '/me', { headers: { authorization: `Bearer ${tokens.access_token}` } });
    assert.equal(me.status, 200, me.body);
    return kidOf(tokens.id_token);
  };

  /** Rounds at both processes by turns until `command` ends; every kid that signed, in order. */
  const roundsWhile = async <T>(application: Application, command: Promise<T>, taken?: string) => {
    const kind = application === ec ? 'EC' : 'RSA';
    const kids: string[] = [];
    const state = { over: false };
    const done = command.finally(() => {
      state.over = true;
    });
    done.catch(() => {});
    while (!state.over) {
      // Twenty rounds a second are enough; what is left of the machine is the processes'.
      await setTimeout(50);
      const process = two.both[turn % 2];
      turn += 1;
      assert.ok(process);
      const kid = await round(application, process);
      kids.push(kid);
      if (kid === taken) continue;
      for (const known of await published(kind))
        assert.ok(known.includes(kid), `${kid} is not published everywhere`);
    }
    return { kids, result: await done };
  };

  const poortwachter = async (...args: string[]) => {
    const env = { PATH: process.env.PATH, POORTWACHTER_CONFIG: two.file };
    const child = startNode(['src/cli/bin.mjs', ...args], env);
    assert.equal(await child.ended, 0, child.printed());
    return child.printed();
  };
  const jsonIn = (printed: string): unknown => JSON.parse(printed.slice(printed.indexOf('{')));

  before(async () => {
    two = await startTwo(ending);
    const { issuer } = two.settings;
    const { appData } = await makeAccount(two.settings, 'werkgever');
    const browser = new Browser();
    for (const application of [ec, rsa]) {
      const party = await createRelyingParty(issuer, { id: application.id, secret: CLIENT.client_secret });
      const request = await party.begin();
      const page = await browser.open(request.url);
      const answer =
        application === ec ? await signInWithApp(browser, page, { loginName: 'werkgever', appData }) : page;
      // openid-client would have to be told which algorithm to expect.
      const { json } = await party.askToken({
        grant_type: 'authorization_code',
        code: codeIn(answer.location),
        redirect_uri: party.redirectUri,
        code_verifier: request.verifier,
      });
      application.refreshToken = json.refresh_token ?? '';
    }
  });

  test('a key in a hurry is published by both within 10 seconds and then signs, and no request fails', async () => {
    const [before] = await published('EC');
    const began = performance.now();
    const known = eventually(
      () => published('EC'),
      (sets) => sets.every((kids) => kids.length === 2),
    ).then((sets) => ({ sets, ms: performance.now() - began }));
    const command = poortwachter('keys', 'rotate', '--now', '--kind', 'ec', '--json');
    const { kids, result } = await roundsWhile(ec, command);
    const { kid } = rotation.parse(jsonIn(result)).rotated[0];
    const { sets, ms } = await known;
    for (const set of sets) assert.ok(set.includes(kid));
    assert.ok(ms < KNOWN_WITHIN, `it took ${ms} ms`);
    assert.match(result, /15 s until the new key signs/);
    for (const process of two.both) assert.equal(await round(ec, process), kid);
    assert.equal(kids[0], before?.[0]);
    assert.ok(new Set(kids).size <= 2, 'each moment has one key that signs');
  });

  test('a withdrawn key is gone from both at one moment, its successor signs, and no request fails', async () => {
    const [set] = await published('RSA');
    const taken = set?.[0] ?? '';
    const command = poortwachter('keys', 'withdraw', taken, '--yes', '--json');
    // What it signed a moment before its end may be unknown a moment after.
    const { kids, result } = await roundsWhile(rsa, command, taken);
    const { successor } = withdrawal.parse(jsonIn(result));
    for (const kept of await published('RSA')) assert.deepEqual(kept, [successor.kid]);
    for (const process of two.both) assert.equal(await round(rsa, process), successor.kid);
    assert.ok(kids.includes(taken), 'it signed until its end');
  });
});
