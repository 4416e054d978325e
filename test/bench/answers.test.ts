import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, type TestContext, test } from 'node:test';
import { Application } from '../../bench/application.ts';
import { HttpClient } from '../../bench/http-client.ts';
import { SignIn } from '../../bench/sign-in.ts';
import { appCode, takeTurns } from '../../bench/visitor.ts';

const ISSUER = 'https://login.example';
const person = { id: 'anna', loginName: 'anna', email: 'anna@people.example', appKey: Buffer.alloc(20) };

/** A server that answers everything in one way. */
async function answering(t: TestContext, status: number, body: string, headers: Record<string, string> = {}) {
  const server = createServer((_req, res) => res.writeHead(status, headers).end(body));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const client = new HttpClient(port, 'login.example');
  t.after(async () => {
    client[Symbol.dispose]();
    server.close();
    server.closeAllConnections();
  });
  return { client, application: new Application(client, ISSUER) };
}

describe('an answer that is not the right one ends the run:', () => {
  test('userinfo of somebody else', async (t) => {
    const body = JSON.stringify({ sub: 'bob', email: 'bob@people.example', roles: [] });
    const { application } = await answering(t, 200, body);
    await assert.rejects(application.userinfo('token', person), /userinfo of somebody else/);
  });

  test('a token that is not active', async (t) => {
    const { application } = await answering(t, 200, '{"active":false}');
    await assert.rejects(application.introspect('token', person), /introspection: the answer was 200/);
  });

  test('an exchange without a refresh token', async (t) => {
    const { application } = await answering(t, 200, '{"access_token":"a","id_token":"a.b.c"}');
    await assert.rejects(application.exchange('code'), /token: the answer was 200/);
  });

  test('a refusal, whatever it says', async (t) => {
    const { application } = await answering(t, 503, '{"error":"temporarily_unavailable"}');
    await assert.rejects(application.refresh('token'), /refresh: the answer was 503/);
  });

  test('a discovery document of another issuer, and no keys', async (t) => {
    const body = JSON.stringify({ issuer: 'https://other.example', token_endpoint: 'x', keys: [] });
    const { application } = await answering(t, 200, body);
    await assert.rejects(application.discovery(), /discovery of another issuer/);
    await assert.rejects(application.jwks(), /jwks: the answer was 200/);
  });

  test('an authorization request that ends on a page', async (t) => {
    const { client } = await answering(t, 200, '<main data-step="error">');
    await assert.rejects(
      new SignIn({ client, issuer: ISSUER }, person).all(),
      /authorize: the answer was 200/,
    );
  });

  test('a page of another step than the one that comes next', async (t) => {
    const { client } = await answering(t, 200, '<main data-step="blocked"><form action="/x"></form>');
    const signIn = new SignIn({ client, issuer: ISSUER }, person);
    await assert.rejects(signIn.step('password page'), /password page \(blocked\)/);
  });

  test('no answer at all', async () => {
    const application = new Application(new HttpClient(1, 'login.example'), ISSUER);
    await assert.rejects(application.jwks(), /ECONNREFUSED/);
  });
});

test('an app shows the codes of RFC 6238', () => {
  const key = Buffer.from('12345678901234567890');
  // Appendix B shows eight digits; six are their end.
  assert.equal(appCode(key, 59_000), '287082');
  assert.equal(appCode(key, 1_111_111_109_000), '081804');
  assert.equal(appCode(key, 20_000_000_000_000), '353130');
});

test('nobody is asked to sign in twice while the app shows one code', () => {
  let now = 0;
  const next = takeTurns([person, { ...person, id: 'bob' }], () => now);
  assert.deepEqual([next().id, next().id], ['anna', 'bob']);
  assert.throws(next, /2 accounts are too few/);
  now = 30_000;
  assert.equal(next().id, 'bob');
});
