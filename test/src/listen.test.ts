import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import { listen } from '#src/listen.ts';
import { freePort } from '../support/private-server.ts';

test('a connection that never says anything does not keep the process from stopping', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const port = await freePort();
  const listening = await listen(createServer(), { port, address: 'localhost', setting: 'PORT' });
  const silent = connect(port, 'localhost');
  await once(silent, 'connect');
  const ended = once(silent, 'close');
  const closed = listening.close();
  t.mock.timers.tick(5_000);
  await Promise.all([closed, ended]);
});

test('a running request ends in peace', async () => {
  const begun = Promise.withResolvers<() => void>();
  const server = createServer((_request, response) => begun.resolve(() => response.end('done')));
  const port = await freePort();
  const listening = await listen(server, { port, address: 'localhost', setting: 'PORT' });
  const answer = fetch(`http://localhost:${port}/`);
  const finish = await begun.promise;
  const closed = listening.close();
  finish();
  assert.equal(await (await answer).text(), 'done');
  await closed;
});
