import assert from 'node:assert/strict';
import { createHash, createHmac, randomUUID } from 'node:crypto';
import { createServer, request } from 'node:http';
import { describe, type TestContext, test } from 'node:test';
import Koa from 'koa';
import { z } from 'zod';
import { createMemoryThrottleStore } from '#adapters/memory/throttle-store.ts';
import { createMessageBirdSignature } from '#adapters/messaging/messagebird-signature.ts';
import { createMessageBirdWebhook } from '#interactions/webhooks/messagebird.ts';
import { createLog } from '#src/log.ts';
import type { RequestContext } from '#src/request-context.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import { createTestClock } from '../../support/clock.ts';
import { createNotedEvents, notedEntry } from '../../support/noted-events.ts';
import { tenantSettings } from '../../support/tenants.ts';

const SIGNING_KEY = 'a-signing-key-of-messagebird';
const DELIVERY = '3f8a2f4e-6f7b-4c53-9d6b-0d1f4d1a2b3c';
const ACCOUNT = '0d3c0f60-1d3b-4b8f-8f0c-5f6d0a4f1b11';

function tenantAt(host: string): Tenant {
  const key = host.split('.')[0] ?? '';
  return { id: `id-${key}`, key, issuer: `https://${host}`, settings: tenantSettings(key) };
}

const tenants = [tenantAt('one.example'), tenantAt('two.example')];

/** The webhook behind a shell that finds the tenant by host, and what it recorded. */
async function openPlace(t: TestContext) {
  const clock = createTestClock();
  const lines: string[] = [];
  const recorded: unknown[][] = [];
  const ofQueue: unknown[][] = [];
  const { noted, events } = createNotedEvents();
  const log = createLog({ level: 'debug', format: 'json' }, { write: (line) => lines.push(line) });
  const app = new Koa<RequestContext>();
  app.use(async (ctx, next) => {
    const tenant = tenants.find(({ issuer }) => issuer === `https://${ctx.host}`);
    Object.assign(ctx.state, { tenant });
    await next();
  });
  app.use(
    createMessageBirdWebhook({
      reports: createMessageBirdSignature({ signingKey: SIGNING_KEY, clock }),
      deliveries: { record: async (...news) => void recorded.push(news) },
      queue: {
        report: async (...news) => {
          ofQueue.push(news);
          return { accountId: ACCOUNT };
        },
      },
      throttle: createMemoryThrottleStore({ clock }),
      ...{ clock, log, events },
    }),
  );
  const server = createServer(app.callback());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = z.object({ port: z.number() }).parse(server.address());
  return {
    clock,
    lines,
    noted,
    recorded,
    ofQueue,
    ask: (call: Call) => ask(port, call),
    sign: signer(clock.now),
  };
}

interface Call {
  path: string;
  method?: string;
  host?: string;
  token?: string | undefined;
  body?: string;
}

/** One request over a socket of its own, so that the Host header is ours. */
async function ask(
  port: number,
  { path, method = 'GET', host = 'one.example', token, body }: Call,
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const headers = { host, ...(token !== undefined && { 'messagebird-signature-jwt': token }) };
  const sent = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
    response.resume();
    resolve(response.statusCode ?? 0);
  });
  sent.on('error', reject);
  sent.end(body);
  return promise;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Signs as MessageBird does: HS256 over the hashes of address and body. */
function signer(now: () => number) {
  return (
    url: string,
    changes: Record<string, unknown> = {},
    how: { key?: string; alg?: string; body?: string } = {},
  ) => {
    const { key = SIGNING_KEY, alg = 'HS256', body } = how;
    const seconds = Math.floor(now() / 1000);
    const claims = {
      ...{ iss: 'MessageBird', nbf: seconds, exp: seconds + 60, jti: randomUUID(), url_hash: sha256(url) },
      ...(body !== undefined && { payload_hash: sha256(body) }),
      ...changes,
    };
    const signed = `${part({ typ: 'JWT', alg })}.${part(claims)}`;
    const digest = alg === 'HS512' ? 'sha512' : 'sha256';
    const signature = alg === 'none' ? '' : createHmac(digest, key).update(signed).digest('base64url');
    return `${signed}.${signature}`;
  };
}

const path = (status: string, of = DELIVERY) =>
  `/webhooks/messagebird/${of}?id=x&reference=${of}&recipient=31612345678&status=${status}&statusErrorCode=0`;

describe('a signed delivery report', () => {
  for (const [status, state] of [
    ['sent', 'accepted'],
    ['buffered', 'accepted'],
    ['delivered', 'delivered'],
    ['answered', 'delivered'],
    ['delivery_failed', 'failed'],
    ['expired', 'failed'],
    ['busy', 'failed'],
  ] as const) {
    test(`that says ${status} is recorded as ${state} for an hour, for the tenant of its address`, async (t) => {
      const { ask, sign, recorded, ofQueue, noted } = await openPlace(t);
      const address = path(status);
      const token = sign(`https://two.example${address}`);
      assert.equal(await ask({ path: address, host: 'two.example', token }), 204);
      assert.deepEqual(recorded, [['id-two', DELIVERY, state, 3600]]);
      assert.deepEqual(ofQueue, [['id-two', DELIVERY, state]], 'and kept with what left by the queue');
      const outcome = state === 'delivered' ? 'success' : 'failure';
      const entry = notedEntry({
        ...{ tenantId: 'id-two', event: 'message.reported', outcome, reason: state },
        ...{ subject: ACCOUNT, detail: { message: DELIVERY } },
      });
      assert.deepEqual(noted, state === 'accepted' ? [] : [entry], 'and, once it ended, in the audit log');
    });
  }

  for (const body of ['status=delivered&reference=x', '{"status":"delivered"}']) {
    test(`may come as a post: ${body}`, async (t) => {
      const { ask, sign, recorded } = await openPlace(t);
      const address = `/webhooks/messagebird/${DELIVERY}`;
      const token = sign(`https://one.example${address}`, {}, { body });
      assert.equal(await ask({ path: address, method: 'POST', token, body }), 204);
      assert.deepEqual(recorded, [['id-one', DELIVERY, 'delivered', 3600]]);
    });
  }

  test('of an unknown kind is taken, so that it does not come again, and not recorded', async (t) => {
    const { ask, sign, recorded } = await openPlace(t);
    for (const address of [
      path('teleported'),
      path('delivered', 'no-uuid'),
      `/webhooks/messagebird/${DELIVERY}`,
    ]) {
      assert.equal(await ask({ path: address, token: sign(`https://one.example${address}`) }), 204);
    }
    assert.deepEqual(recorded, []);
  });
});

describe('nothing is recorded, and a line logged, for a report that is', () => {
  const address = path('delivered');
  const url = `https://one.example${address}`;
  type Sign = ReturnType<typeof signer>;
  const cases: Record<string, (sign: Sign) => Omit<Call, 'path'> & { path?: string }> = {
    unsigned: () => ({}),
    'signed with another key': (sign) => ({ token: sign(url, {}, { key: 'another' }) }),
    'signed with no algorithm': (sign) => ({ token: sign(url, {}, { alg: 'none' }) }),
    'signed with another algorithm': (sign) => ({ token: sign(url, {}, { alg: 'HS512' }) }),
    'no signature at all': () => ({ token: 'x' }),
    'of another issuer': (sign) => ({ token: sign(url, { iss: 'Somebody' }) }),
    'without an end': (sign) => ({ token: sign(url, { exp: undefined }) }),
    'without a beginning': (sign) => ({ token: sign(url, { nbf: undefined }) }),
    'without an id': (sign) => ({ token: sign(url, { jti: undefined }) }),
    'with an id that is no plain word': (sign) => ({ token: sign(url, { jti: 'a}:b' }) }),
    'without an address': (sign) => ({ token: sign(url, { url_hash: undefined }) }),
    'for another tenant': (sign) => ({ token: sign(url), host: 'two.example' }),
    'for another delivery': (sign) => ({ token: sign(url), path: path('delivered', randomUUID()) }),
    'changed in its state': (sign) => ({ token: sign(`https://one.example${path('delivery_failed')}`) }),
    'longer than any report': (sign) => {
      const body = 'x'.repeat(70_000);
      return { token: sign(url, {}, { body }), method: 'POST', body };
    },
    'changed in its body': (sign) => ({ token: sign(url, {}, { body: 'a' }), method: 'POST', body: 'b' }),
    'given a body that is not signed': (sign) => ({ token: sign(url), method: 'POST', body: 'b' }),
  };
  for (const [title, make] of Object.entries(cases)) {
    test(title, async (t) => {
      const { ask, sign, recorded, noted, lines } = await openPlace(t);
      assert.equal(await ask({ path: address, ...make(sign) }), 401);
      assert.deepEqual([recorded, noted], [[], []]);
      assert.equal(lines.filter((line) => line.includes('delivery report refused')).length, 1);
      assert.ok(!lines.join('').includes('31612345678'), 'the number is not in the log');
    });
  }

  test('stale, early, or valid for longer than any', async (t) => {
    const { ask, sign, recorded, clock } = await openPlace(t);
    const token = sign(url);
    clock.advance(66_000);
    assert.equal(await ask({ path: address, token }), 401);
    const seconds = Math.floor(clock.now() / 1000);
    assert.equal(await ask({ path: address, token: sign(url, { nbf: seconds + 30 }) }), 401);
    assert.equal(await ask({ path: address, token: sign(url, { exp: seconds + 86_400 }) }), 401);
    assert.deepEqual(recorded, []);
  });

  test('replayed, at any moment of its life', async (t) => {
    const { ask, sign, recorded, clock } = await openPlace(t);
    const token = sign(url);
    assert.equal(await ask({ path: address, token }), 204);
    for (const ms of [0, 30_000, 29_000, 5_000]) {
      clock.advance(ms);
      assert.equal(await ask({ path: address, token }), 401);
    }
    assert.equal(recorded.length, 1);
  });
});

test('a flood of unsigned reports makes one line a minute', async (t) => {
  const { ask, lines, clock } = await openPlace(t);
  for (let at = 0; at < 20; at += 1) await ask({ path: path('delivered') });
  clock.advance(60_000);
  await ask({ path: path('delivered') });
  const told = lines.map((line) => JSON.parse(line)).map(({ error, since }) => [error, since]);
  assert.deepEqual(told, [
    ['report-unsigned', undefined],
    ['report-unsigned', 19],
  ]);
});
