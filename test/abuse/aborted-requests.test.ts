import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { before, describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { beginSignIn } from '../support/sign-in.ts';

describe('a client that hangs up in the middle', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending);
  });

  /** Sends these lines and part of a body, hangs up once the request is taken, and gives what the log tells. */
  const hangUp = async (lines: string[], end: 'end' | 'resetAndDestroy') => {
    const from = installation.logged.length;
    const told = () => installation.logged.slice(from);
    const { port, host } = new URL(installation.origin);
    const taken = once(installation.running.composition.web, 'request');
    const socket = connect(Number(port), 'localhost');
    const type = 'Content-Type: application/x-www-form-urlencoded';
    const head = [...lines, `Host: ${host}`, `Origin: ${installation.origin}`, type, 'Content-Length: 500'];
    socket.write(`${head.join('\r\n')}\r\n\r\ngrant_type=a`);
    await taken;
    socket[end]();
    while (!told().some((line) => line.includes('"msg":"request"'))) await setImmediate();
    await setImmediate();
    return told();
  };

  for (const end of ['end', 'resetAndDestroy'] as const) {
    test(`is no alarm in the log and nothing on standard error (${end})`, async (t) => {
      const heard: string[] = [];
      const hear = (...parts: unknown[]) => heard.push(parts.map(String).join(' ')) > 0;
      t.mock.method(console, 'error', hear);
      t.mock.method(process.stderr, 'write', hear);
      const { browser, page } = await beginSignIn(installation);
      const cookie = browser.cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
      const path = new URL(page.url).pathname;
      for (const lines of [
        ['POST /token HTTP/1.1'],
        ['POST /token/introspection HTTP/1.1'],
        [`POST ${path}/password HTTP/1.1`, `Cookie: ${cookie}`],
      ]) {
        const told = await hangUp(lines, end);
        assert.deepEqual(
          told.filter((line) => /"level":[56]0/.test(line)),
          [],
          lines[0],
        );
        assert.ok(
          told.some((line) => line.includes('"level":20') && line.includes('connection lost')),
          lines[0],
        );
      }
      assert.deepEqual(heard, []);
    });
  }
});
