import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSettings } from '#config/load.ts';
import type { RawSettings } from '#config/settings.ts';
import { keySchedule } from '#src/compose/keys.ts';
import { validSettings } from './valid-settings.ts';

const HOUR = 3_600_000;

const parsed = (keys: RawSettings['keys']) => parseSettings({ ...validSettings, keys });
const faultsOf = (keys: RawSettings['keys']) => {
  const result = parsed(keys);
  return result.ok ? [] : result.faults.map(({ key }) => key);
};

test('without a word keys roll after 90 days with a day of overlap', () => {
  const result = parsed(undefined);
  assert.ok(result.ok);
  assert.deepEqual(keySchedule(result.config.keys), { rollMs: 90 * 24 * HOUR, overlapMs: 24 * HOUR });
});

test('a key signs at least as long as the overlap, which outlives every session', () => {
  assert.deepEqual(faultsOf({ rollDays: 7, overlapHours: 168 }), []);
  assert.deepEqual(faultsOf({ rollDays: 6, overlapHours: 168 }), ['keys.rollDays']);
  assert.deepEqual(faultsOf({ overlapHours: 23 }), ['keys.overlapHours']);
  assert.deepEqual(faultsOf({ rollDays: 366 }), ['keys.rollDays']);
});
