import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { openLine } from '../support/bare-socket.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';

describe('the management port', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending);
  });

  const ask = async (...lines: string[]) => {
    const { socket, heard, closed } = await openLine(ending, installation.running.managementPort);
    socket.write(`${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`);
    await closed();
    return heard();
  };

  test('answers GET and HEAD, and nothing that could change something', async () => {
    assert.match(await ask('GET /livez HTTP/1.1', 'Host: a'), /^HTTP\/1\.1 200 [\s\S]*\r\n\r\n[\s\S]*ok\n/);
    assert.match(await ask('HEAD /livez HTTP/1.1', 'Host: a'), /^HTTP\/1\.1 200 [\s\S]*\r\n\r\n$/);
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE']) {
      const answer = await ask(`${method} /metrics HTTP/1.1`, 'Host: a');
      assert.match(answer, /^HTTP\/1\.1 405 /, method);
      assert.match(answer, /^Allow: GET, HEAD\r$/m, method);
    }
    assert.match(await ask('GET /livez/../metrics HTTP/1.1', 'Host: a'), /^HTTP\/1\.1 404 /);
  });

  test('is not kept by anybody and refuses what is malformed as the other port does', async () => {
    for (const lines of [
      ['GET /readyz HTTP/1.1', 'Host: a'],
      ['GET /nowhere HTTP/1.1', 'Host: a'],
      ['GET /livez HTTP/1.1'],
      ['NONE /livez HTTP/1.1', 'Host: a'],
    ]) {
      const answer = await ask(...lines);
      assert.match(answer, /^Cache-Control: no-store\r$/m, lines[0]);
      assert.match(answer, /^X-Content-Type-Options: nosniff\r$/m, lines[0]);
    }
  });
});
