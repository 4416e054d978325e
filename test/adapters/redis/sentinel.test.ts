import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRedisArtifactStore } from '#adapters/redis/artifact-store.ts';
import { AppError } from '#src/errors.ts';
import { token } from '../../contracts/artifact-writes.ts';
import { openTestRedis } from '../../support/redis.ts';
import { startSentinelSet, until } from '../../support/redis-topologies.ts';

const unavailable = (error: unknown): error is AppError =>
  error instanceof AppError && error.code === 'store-unavailable' && error.status === 503;

describe('Redis behind sentinels', () => {
  test('a dead primary costs seconds of clear refusals, then its replica is written to, without a restart', async (t) => {
    const set = await startSentinelSet(t);
    const client = await openTestRedis(t, set.place);
    const store = createRedisArtifactStore(client);
    await store.upsert(token('t', 'kept'));
    // What the replica never got is lost with its primary, and that is not the rule here.
    await set.untilReplicated();
    await set.primary.kill();
    let slowest = 0;
    let refusals = 0;
    let next = 0;
    await until('a write', async () => {
      next += 1;
      const before = performance.now();
      const outcome = await store.upsert(token('t', `n${next}`)).catch((error: unknown) => error);
      slowest = Math.max(slowest, performance.now() - before);
      if (outcome === 'stored') return true;
      assert.ok(unavailable(outcome), String(outcome));
      refusals += 1;
      return false;
    });
    assert.ok(refusals > 0, 'there was an outage');
    assert.ok(slowest < 2_500, `${slowest} ms for one answer`);
    assert.equal(await store.consume('t', 'AccessToken', 'kept', { now: 1, grace: 0 }), 'won');
  });
});
