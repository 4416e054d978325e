import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMemoryArtifactStore } from '#adapters/memory/artifact-store.ts';
import { ExpiringMap } from '#adapters/memory/expiring-map.ts';
import { grant, session, token } from '../../contracts/artifact-writes.ts';
import { createTestClock } from '../../support/clock.ts';

test('an entry ends at its moment, to the millisecond', () => {
  const clock = createTestClock(1_000);
  const map = new ExpiringMap<string>(clock);
  map.set('a', 'v', 1_500);
  clock.set(1_499);
  assert.equal(map.get('a'), 'v');
  clock.set(1_500);
  assert.equal(map.get('a'), undefined);
  assert.equal(map.has('a'), false);
  assert.equal(map.delete('a'), false);
});

test('entries that ended unread do not pile up', () => {
  const clock = createTestClock();
  const map = new ExpiringMap<number>(clock);
  let largest = 0;
  for (let i = 0; i < 20_000; i += 1) {
    map.set(`k${i}`, i, clock.now() + 100);
    clock.advance(1);
    largest = Math.max(largest, map.size);
  }
  // 100 live at any moment.
  assert.ok(largest <= 200, `${largest} entries`);
});

test('one long-lived grant used for a month holds what lives and no more', async () => {
  const clock = createTestClock();
  const store = createMemoryArtifactStore({ clock });
  await store.upsert(grant('t', 'g', { accountId: 'anna', expiresIn: 31 * 86_400 }));
  for (let i = 0; i < 5_000; i += 1) {
    await store.upsert(token('t', `t${i}`, { grantId: 'g', expiresIn: 600 }));
    await store.upsert(session('t', `s${i}`, { accountId: 'anna', expiresIn: 600 }));
    await store.destroy('t', 'Session', `s${i}`);
    clock.advance(300_000);
  }
  assert.ok(store.size < 100, `${store.size} entries`);
});
