import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { createMemoryThrottleStore } from '#adapters/memory/throttle-store.ts';
import { createRedisThrottleStore } from '#adapters/redis/throttle-store.ts';
import type { ThrottleStore } from '#src/lockout/ports.ts';
import { createSprayAlarm, SPRAY_NAMES, SPRAY_WINDOW } from '#src/lockout/spray-alarm.ts';
import { createTestClock } from '../../support/clock.ts';
import { createNotedEvents, notedEntry } from '../../support/noted-events.ts';
import { testRedis } from '../../support/redis.ts';
import { recordCalls } from '../sign-in/sign-in-bench.ts';

/** An alarm with what it wrote; `processes` of them share one store. */
function createBench(options: { store?: ThrottleStore; processes?: number } = {}) {
  const clock = createTestClock();
  const { recorded: throttle, calls } = recordCalls(options.store ?? createMemoryThrottleStore({ clock }));
  const warned: unknown[] = [];
  const log = { warn: (record: unknown) => void warned.push(record) };
  const { noted, events } = createNotedEvents();
  const alarms = Array.from({ length: options.processes ?? 1 }, () =>
    createSprayAlarm({ throttle, clock, log, events }),
  );
  const tenant = { id: randomUUID(), key: 'noord' };
  const fail = async (names: readonly string[], at = tenant) => {
    for (const [n, name] of names.entries()) await alarms[n % alarms.length]?.failed(at, name);
  };
  const failAtOnce = (names: readonly string[]) =>
    Promise.all(names.map((name, n) => alarms[n % alarms.length]?.failed(tenant, name)));
  const counted = () => alarms.reduce((sum, alarm) => sum + alarm.count(), 0);
  return { clock, calls, warned, noted, counted, tenant, fail, failAtOnce };
}

const names = (count: number, from = 0) => Array.from({ length: count }, (_, n) => `name-${from + n}`);

describe('the alarm on spraying', () => {
  test('goes off at the fiftieth login name in ten minutes, and says which tenant', async () => {
    const { fail, warned, noted, counted, tenant } = createBench();
    await fail(names(SPRAY_NAMES - 1));
    assert.deepEqual([warned, noted, counted()], [[], [], 0]);
    await fail(['last']);
    const record = { event: 'lockout.spraying', tenantId: tenant.id, tenant: 'noord', names: 50 };
    assert.deepEqual(warned, [record]);
    const entry = { tenantId: tenant.id, event: 'lockout.spraying', outcome: 'failure' } as const;
    assert.deepEqual(noted, [notedEntry({ ...entry, detail: { names: 50 } })]);
    assert.equal(counted(), 1);
  });

  test('does not count a name twice: few people who fail often are no spraying', async () => {
    const { fail, warned } = createBench();
    for (let tries = 0; tries < 20; tries += 1) await fail(names(SPRAY_NAMES - 1));
    assert.deepEqual(warned, []);
  });

  test('forgets after ten minutes', async () => {
    const { clock, fail, warned } = createBench();
    await fail(names(SPRAY_NAMES - 1));
    clock.advance(SPRAY_WINDOW * 1000 - 1);
    await fail(names(1));
    clock.advance(1);
    await fail(['another']);
    assert.deepEqual(warned, []);
  });

  test('goes off once in ten minutes for as long as the spraying goes on', async () => {
    const { clock, fail, warned } = createBench();
    for (let minute = 0; minute < 30; minute += 1) {
      await fail(names(100, minute * 100));
      clock.advance(60_000);
    }
    assert.equal(warned.length, 3);
  });

  test('counts each tenant apart', async () => {
    const { fail, warned } = createBench();
    await fail(names(SPRAY_NAMES - 1));
    await fail(names(SPRAY_NAMES - 1), { id: randomUUID(), key: 'zuid' });
    assert.deepEqual(warned, []);
  });

  test('costs one round trip before it goes off, two at most after that, and never refuses', async () => {
    const { fail, calls } = createBench();
    await fail(names(SPRAY_NAMES - 1));
    await fail(names(1));
    assert.equal(calls.length, SPRAY_NAMES);
    for (const name of ['last', 'later', 'name-0']) {
      const before = calls.length;
      await fail([name]);
      assert.ok(calls.length - before <= 2);
    }
    assert.deepEqual(new Set(calls), new Set(['take']));
  });

  test('is told once by all processes together, whoever comes first', async (t) => {
    const { client } = await testRedis(t);
    const { redis } = client;
    const { failAtOnce, warned, noted, counted } = createBench({
      store: createRedisThrottleStore({ redis }),
      processes: 4,
    });
    await failAtOnce(names(120));
    assert.deepEqual([warned.length, noted.length, counted()], [1, 1, 1]);
  });
});
