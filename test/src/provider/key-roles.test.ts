import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LEAD_MS, planFirst, planRoll, rollDueAt, WIPE_AFTER_MS, wipesOf } from '#src/provider/key-plan.ts';
import { changesAt, type KeyTimes, rolesAt } from '#src/provider/key-roles.ts';
import { live, lives, momentsOf, schedules } from './key-life.ts';

const START = Date.UTC(2026, 0, 15);
const HOUR = 3_600_000;
const overlapMs = 24 * HOUR;
const schedule = { rollMs: 90 * 24 * HOUR, overlapMs };

const roleOf = (keys: readonly KeyTimes[], id: string, now: number, overlap: number) =>
  rolesAt(keys, { now, overlapMs: overlap }).find(({ key }) => key.id === id)?.role;

test('whatever happens, exactly one key of a kind signs at every moment', () => {
  fc.assert(
    fc.property(lives, schedules, (happenings, plan) => {
      const { keys } = live(happenings, plan, START);
      // From before the first key on: a clock may be behind that of whoever made it.
      for (const now of momentsOf(keys, plan.overlapMs)) {
        const roles = rolesAt(keys, { now, overlapMs: plan.overlapMs }).map(({ role }) => role);
        assert.equal(
          roles.filter((role) => role === 'current').length,
          1,
          `${new Date(now).toISOString()} ${roles}`,
        );
      }
    }),
    { numRuns: 300 },
  );
});

test('a key that signs was published an overlap before, or the lead when somebody was in a hurry', () => {
  fc.assert(
    fc.property(lives, schedules, (happenings, plan) => {
      const { keys } = live(happenings, plan, START);
      const later = keys.filter(({ id }) => id !== 'k0');
      const moments = momentsOf(keys, plan.overlapMs);
      for (const { id, createdAt, inHaste } of later) {
        const signs = moments.find((now) => roleOf(keys, id, now, plan.overlapMs) === 'current');
        if (signs === undefined) continue;
        const notice = inHaste ? LEAD_MS : plan.overlapMs;
        assert.ok(signs - createdAt >= notice, `${id} signed ${signs - createdAt} ms after it was published`);
      }
    }),
    { numRuns: 300 },
  );
});

test('what a key signed is accepted an overlap after its successor began, unless it was withdrawn', () => {
  fc.assert(
    fc.property(lives, schedules, (happenings, plan) => {
      const { keys } = live(happenings, plan, START);
      const moments = momentsOf(keys, plan.overlapMs);
      for (const { id, withdrawnAt } of keys) {
        const signing = moments.filter((now) => roleOf(keys, id, now, plan.overlapMs) === 'current');
        const last = signing.at(-1);
        if (last === undefined || withdrawnAt !== undefined) continue;
        const after = moments.filter((now) => now > last && now < last + plan.overlapMs);
        const roles = new Set(after.map((now) => roleOf(keys, id, now, plan.overlapMs)));
        assert.deepEqual(
          [...roles].filter((role) => role !== 'previous'),
          [],
          id,
        );
      }
    }),
    { numRuns: 300 },
  );
});

test('the next change of a role is told to the millisecond, and no earlier one is missed', () => {
  fc.assert(
    fc.property(lives, schedules, fc.nat({ max: 200 * 24 * HOUR }), (happenings, plan, later) => {
      const { keys } = live(happenings, plan, START);
      const rolesOf = (now: number) =>
        rolesAt(keys, { now, overlapMs: plan.overlapMs })
          .map(({ role }) => role)
          .join();
      const now = START + later;
      const change = changesAt(keys, { now, overlapMs: plan.overlapMs });
      const expected = momentsOf(keys, plan.overlapMs).find((at) => at > now && rolesOf(at) !== rolesOf(now));
      assert.equal(change, expected);
      if (change !== undefined) assert.equal(rolesOf(change - 1), rolesOf(now));
    }),
    { numRuns: 300 },
  );
});

test('since and until of a role are the moments at which it begins and ends, as far as is known', () => {
  fc.assert(
    fc.property(lives, schedules, (happenings, plan) => {
      const { keys } = live(happenings, plan, START);
      for (const now of momentsOf(keys, plan.overlapMs)) {
        for (const { key, role, since, until } of rolesAt(keys, { now, overlapMs: plan.overlapMs })) {
          if (now < key.createdAt) continue;
          assert.ok(since <= now && (until === undefined || until > now), `${role} ${since} ${now} ${until}`);
          assert.equal(roleOf(keys, key.id, since, plan.overlapMs), role);
          if (until !== undefined) assert.notEqual(roleOf(keys, key.id, until, plan.overlapMs), role);
        }
      }
    }),
    { numRuns: 100 },
  );
});

test('a secret is wiped only when its key is worth nothing for good', () => {
  fc.assert(
    fc.property(lives, schedules, (happenings, plan) => {
      const { keys } = live(happenings, plan, START);
      const moments = momentsOf(keys, plan.overlapMs);
      const end = (moments.at(-1) ?? START) + WIPE_AFTER_MS;
      for (const { key, at } of wipesOf(keys, { now: end, overlapMs: plan.overlapMs })) {
        for (const now of moments.filter((moment) => moment >= at - WIPE_AFTER_MS)) {
          assert.match(String(roleOf(keys, key.id, now, plan.overlapMs)), /^(ended|withdrawn)$/);
        }
      }
    }),
    { numRuns: 100 },
  );
});

test('a roll is due one overlap before a key has signed for its time, and only once', () => {
  const first = {
    id: 'a',
    createdAt: START,
    currentFrom: START,
    withdrawnAt: undefined,
    succeeds: undefined,
  };
  const dueAt = START + 89 * 24 * HOUR;
  assert.equal(rollDueAt([first], schedule), dueAt);
  assert.equal(planRoll([first], dueAt - 1, schedule), undefined);
  assert.deepEqual(planRoll([first], dueAt, schedule)?.add, {
    currentFrom: START + schedule.rollMs,
    succeeds: 'a',
  });
  const late = planRoll([first], dueAt + 300 * HOUR, schedule)?.add;
  assert.equal(
    late?.currentFrom,
    dueAt + 300 * HOUR + overlapMs,
    'a late one is published an overlap as well',
  );
  const second = { ...first, id: 'b', createdAt: dueAt, currentFrom: START + schedule.rollMs, succeeds: 'a' };
  assert.equal(planRoll([first, second], dueAt + HOUR, schedule), undefined);
});

test('a kind without any key that signs gets one at once, after the last there was', () => {
  assert.deepEqual(planFirst([], START)?.add, { currentFrom: START, succeeds: undefined });
  const gone = { id: 'a', createdAt: 0, currentFrom: 0, withdrawnAt: START, succeeds: undefined };
  assert.equal(planFirst([gone], START - 1), undefined);
  assert.deepEqual(planFirst([gone], START)?.add, { currentFrom: START, succeeds: 'a' });
});

test('where two operators withdrew at once what the other one relied on, the next key signs before its time', () => {
  const times = { createdAt: START, withdrawnAt: undefined };
  const keys = [
    { ...times, id: 'a', currentFrom: START, succeeds: undefined, withdrawnAt: START + HOUR },
    { ...times, id: 'b', currentFrom: START + HOUR, succeeds: 'a', withdrawnAt: START + HOUR - 1 },
    { ...times, id: 'c', currentFrom: START + overlapMs, succeeds: 'b' },
  ];
  const moment = { now: START + HOUR, overlapMs };
  assert.equal(changesAt(keys, { ...moment, now: START + HOUR - 1 }), START + HOUR);
  assert.equal(roleOf(keys, 'c', moment.now, overlapMs), 'current');
  assert.equal(planFirst(keys, moment.now), undefined, 'it is published; one made now would not be');
  assert.equal(changesAt(keys, moment), undefined, 'and it stays so when its turn comes');
});
