import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { AppError } from '#src/errors.ts';
import { createPatience } from '#src/patience.ts';
import { listeningLog } from '../support/bare-socket.ts';

const away = (message: string, cause?: Error) =>
  new AppError('store-unavailable', 503, message, cause && { cause });

const told = z.object({ msg: z.string(), reason: z.string() });

/** The lines of a start whose store fails like this once. */
async function waitFor(failure: AppError) {
  const { lines, log } = listeningLog();
  const failures = [failure];
  const patience = createPatience({ seconds: 60, log, onStore: () => {} });
  const open = async () => {
    const next = failures.pop();
    if (next !== undefined) throw next;
    return 'opened';
  };
  const opened = await patience.until({
    name: 'Redis',
    setting: 'redis.url',
    open,
    refusalOf: () => undefined,
  });
  assert.equal(opened, 'opened');
  return lines.map((line) => told.parse(JSON.parse(line)));
}

test('the line of a start that waits says why, in the words of whoever knows', async () => {
  const [own, driver, bare] = await Promise.all([
    waitFor(away('Redis Cluster is not ready')),
    waitFor(away('Redis did not answer', new Error('connect ECONNREFUSED'))),
    waitFor(away('Redis did not answer', Object.assign(new Error(''), { code: 'ETIMEDOUT' }))),
  ]);
  const line = (reason: string) => [{ msg: 'waiting for Redis', reason }];
  assert.deepEqual(own, line('Redis Cluster is not ready'));
  assert.deepEqual(driver, line('connect ECONNREFUSED'));
  assert.deepEqual(bare, line('ETIMEDOUT'));
});
