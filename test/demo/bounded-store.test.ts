import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBoundedStore } from '../../demo/bounded-store.ts';
import { createTestClock } from '../support/clock.ts';

const BOUNDS = { entries: 3, age: 100, idle: 40 };

function makeStore() {
  const clock = createTestClock();
  return { clock, store: createBoundedStore<string>(BOUNDS, clock) };
}

test('a full store lets go of the entry that was idle longest', () => {
  const { store } = makeStore();
  for (const id of ['a', 'b', 'c']) store.put(id, id);
  store.get('a');
  store.put('d', 'd');
  assert.deepEqual(
    ['a', 'b', 'c', 'd'].map((id) => store.get(id)),
    ['a', undefined, 'c', 'd'],
  );
});

test('an entry ends at its age however busy it is, and at its idle end however young', () => {
  const { clock, store } = makeStore();
  store.put('busy', 'busy');
  for (const at of [30, 60, 90]) {
    clock.advance(30);
    assert.equal(store.get('busy'), 'busy', `at ${at}`);
  }
  clock.advance(10);
  assert.equal(store.get('busy'), undefined);

  store.put('idle', 'idle');
  clock.advance(40);
  assert.equal(store.get('idle'), undefined);
});

test('what was taken or deleted cannot be taken, found or brought back', () => {
  const { store } = makeStore();
  store.put('a', '1');
  assert.equal(store.take('a'), '1');
  assert.equal(store.take('a'), undefined);
  assert.equal(store.replace('a', '2'), false);
  assert.equal(store.get('a'), undefined);
});

test('a replaced value is no younger than the entry was', () => {
  const { clock, store } = makeStore();
  store.put('a', '1');
  for (const value of ['2', '3', '4']) {
    clock.advance(30);
    assert.ok(store.replace('a', value));
  }
  clock.advance(10);
  assert.equal(store.get('a'), undefined);
});

test('entries are deleted by what is in them', () => {
  const { store } = makeStore();
  for (const id of ['a', 'b', 'c']) store.put(id, id.toUpperCase());
  store.deleteWhere((value) => value !== 'B');
  assert.deepEqual(
    ['a', 'b', 'c'].map((id) => store.get(id)),
    [undefined, 'B', undefined],
  );
});
