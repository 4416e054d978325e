import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { before, describe, test } from 'node:test';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';

const ISSUER = 'https://login.example';

describe('the shell, asked on a bare socket', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending, { settings: { issuer: ISSUER } });
  });

  /** Sends these lines as they are and gives the whole answer. */
  const ask = async (...lines: string[]): Promise<string> => {
    const socket = connect(Number(new URL(installation.origin).port), 'localhost');
    const parts: Buffer[] = [];
    socket.on('data', (part: Buffer) => parts.push(part));
    socket.write(`${[...lines, 'Connection: close'].join('\r\n')}\r\n\r\n`);
    await once(socket, 'close');
    return Buffer.concat(parts).toString();
  };
  const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);

  test('a host that is nobody’s gets 421 and nothing of any tenant', async () => {
    for (const lines of [
      ['GET / HTTP/1.1', 'Host: evil.example'],
      ['GET / HTTP/1.1', 'Host: login.example.evil.example'],
      ['GET / HTTP/1.1', 'Host: login.example:8443'],
      ['GET / HTTP/1.1', 'Host: login.example@evil.example'],
      ['GET / HTTP/1.1', 'Host: evil.example', 'X-Forwarded-Host: login.example'],
      ['GET http://evil.example/ HTTP/1.1', 'Host: login.example'],
      ['GET http://login.example/ HTTP/1.1', 'Host: evil.example'],
      ['OPTIONS * HTTP/1.1', 'Host: login.example'],
      ['GET / HTTP/1.0'],
    ]) {
      const answer = await ask(...lines);
      assert.equal(statusOf(answer), 421, lines.join(' | '));
      assert.match(answer, /x-content-type-options: nosniff/i);
      assert.match(answer, /cache-control: no-store/i);
      assert.doesNotMatch(answer, /Verzuimtest|app\.example|login\.example/);
    }
  });

  test('a host that is nobody’s is a line of the log under the number of its answer, for whoever looks after the proxy', async () => {
    const before = installation.logged.length;
    const answer = await ask('GET / HTTP/1.1', 'Host: Wrong.example');
    const number = /^Number: ([0-9A-Z]{4}-[0-9A-Z]{4})$/m.exec(answer)?.[1] ?? assert.fail(answer);
    await ask('GET / HTTP/1.1', `Host: ${'x'.repeat(5_000)}`);
    const lines = installation.logged.slice(before).filter((line) => line.includes('unknown-host'));
    assert.equal(lines.length, 2);
    assert.match(lines[0] ?? '', /"level":40.*"host":"wrong\.example"/);
    assert.ok(lines[0]?.includes(`"reference":"${number}"`));
    for (const line of lines) assert.ok(line.length < 600);
  });

  test('published addresses are the tenant’s own, whatever the request said of host, port and scheme', async () => {
    for (const lines of [
      ['GET /.well-known/openid-configuration HTTP/1.1', 'Host: login.example'],
      ['GET /.well-known/openid-configuration HTTP/1.1', 'Host: LOGIN.example:443'],
      ['GET http://login.example:80/.well-known/openid-configuration HTTP/1.1', 'Host: login.example'],
      [
        'GET /.well-known/openid-configuration HTTP/1.1',
        'Host: login.example',
        'X-Forwarded-Host: evil.example',
        'X-Forwarded-Proto: http',
        'X-Forwarded-Port: 81',
        'Forwarded: host=evil.example;proto=http',
      ],
    ]) {
      const answer = await ask(...lines);
      assert.equal(statusOf(answer), 200);
      const addresses = [...answer.matchAll(/"(https?:\/\/[^"/]+)/g)].map(([, origin]) => origin);
      assert.deepEqual([...new Set(addresses)], [ISSUER], lines.join(' | '));
    }
  });

  test('cookies on https are bound to the host by their names, and HSTS is told', async () => {
    const query = new URLSearchParams({
      client_id: 'app',
      redirect_uri: 'http://localhost:9/callback',
      response_type: 'code',
      scope: 'openid',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    });
    const asked = await ask(`GET /auth?${query} HTTP/1.1`, 'Host: login.example');
    const signedOut = await ask('GET /session/end HTTP/1.1', 'Host: login.example', 'Accept: text/html');
    const cookies = [...`${asked}\r\n${signedOut}`.matchAll(/^set-cookie: (.*)$/gim)].map(
      ([, line = '']) => line,
    );
    const names = cookies.map((line) => line.split('=')[0]?.replace(/\.sig$/, ''));
    assert.deepEqual([...new Set(names)].sort(), [
      '__Host-poortwachter_session',
      '__Secure-poortwachter_interaction',
      '__Secure-poortwachter_resume',
    ]);
    for (const line of cookies) {
      assert.match(line, /; secure/i);
      assert.match(line, /; httponly/i);
      if (line.startsWith('__Host-')) assert.match(line, /; path=\/(;|$)/);
    }
    assert.match(asked, /strict-transport-security: max-age=63072000; includeSubDomains/i);
  });

  test('broken requests are refused by one line, and the next one is answered', async () => {
    for (const lines of [
      ['GET / HTTP/1.1', 'Host: login.example', 'Host: evil.example'],
      ['POST /token HTTP/1.1', 'Host: login.example', 'Content-Length: 5', 'Transfer-Encoding: chunked'],
      ['GET / HTTP/1.1', 'Host: login.example', 'Bad Header: x'],
      ['GET / HTTP/1.1', 'Host: login.example', `X-Long: ${'x'.repeat(20_000)}`],
      ['GET /\0 HTTP/1.1', 'Host: login.example'],
    ]) {
      const status = statusOf(await ask(...lines));
      assert.ok(status === 303 || (status >= 400 && status < 500), `${lines[0]} gave ${status}`);
    }
    assert.equal(statusOf(await ask('GET / HTTP/1.1', 'Host: login.example')), 303);
  });

  test('every request is one line of the log, with number, tenant, path and status and without its query', async () => {
    const before = installation.logged.length;
    await ask('GET /auth?client_id=app&state=planted-state HTTP/1.1', 'Host: login.example');
    const line = installation.logged.slice(before).find((text) => text.includes('"msg":"request"')) ?? '';
    assert.match(
      line,
      /"reference":"[0-9A-Z]{4}-[0-9A-Z]{4}","tenant":"default","method":"GET","path":"\/auth"/,
    );
    assert.match(line, /"status":\d{3},"ms":\d+/);
    assert.equal(installation.logged.slice(before).join('').includes('planted-state'), false);
  });
});
