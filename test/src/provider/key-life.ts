import fc from 'fast-check';
import {
  type KeyPlan,
  type KeySchedule,
  planFirst,
  planHaste,
  planRoll,
  planRotation,
  planWithdrawal,
} from '#src/provider/key-plan.ts';
import { type KeyTimes, rolesAt } from '#src/provider/key-roles.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** What happens to the keys of one kind, one thing after another; `after` in milliseconds. */
export interface Happening {
  after: number;
  what: 'roll' | 'rotate' | 'haste' | 'withdraw' | 'nothing';
  /** Which of the keys that are worth something, counted round. */
  which: number;
}

/** A life of at most 25 happenings, seconds to months apart. */
export const lives: fc.Arbitrary<Happening[]> = fc.array(
  fc.record({
    after: fc.oneof(
      fc.integer({ min: 0, max: 40_000 }),
      fc.integer({ min: 0, max: 48 * HOUR }),
      fc.integer({ min: 0, max: 120 * 24 * HOUR }),
    ),
    what: fc.constantFrom('roll', 'rotate', 'haste', 'withdraw', 'nothing'),
    which: fc.nat({ max: 5 }),
  }),
  { maxLength: 25 },
);

/** Schedules as the settings allow them. */
export const schedules: fc.Arbitrary<KeySchedule> = fc
  .record({ rollDays: fc.integer({ min: 1, max: 365 }), overlapHours: fc.integer({ min: 24, max: 168 }) })
  .filter(({ rollDays, overlapHours }) => rollDays * 24 >= overlapHours)
  .map(({ rollDays, overlapHours }) => ({ rollMs: rollDays * 24 * HOUR, overlapMs: overlapHours * HOUR }));

export type LifeKey = KeyTimes & { inHaste: boolean };

function plan(keys: readonly LifeKey[], { what, which }: Happening, now: number, schedule: KeySchedule) {
  if (what === 'roll') return planRoll(keys, now, schedule);
  if (what === 'rotate') return planRotation(keys, now, schedule);
  if (what === 'haste') return planHaste(keys, now);
  if (what === 'nothing') return undefined;
  const worth = rolesAt(keys, { now, overlapMs: schedule.overlapMs }).filter(
    ({ role }) => role !== 'ended' && role !== 'withdrawn',
  );
  const id = worth[which % worth.length]?.key.id ?? '';
  return planWithdrawal(keys, { id, now, overlapMs: schedule.overlapMs });
}

function applied(
  keys: readonly LifeKey[],
  { add, withdraw }: KeyPlan,
  now: number,
  inHaste: boolean,
): LifeKey[] {
  if (add !== undefined && keys.some(({ succeeds }) => succeeds === add.succeeds)) {
    throw new Error('the store would have refused a second successor');
  }
  const left = keys.map((key) => {
    const at = withdraw.find(({ id }) => id === key.id)?.at;
    return at === undefined ? key : { ...key, withdrawnAt: at };
  });
  const made = { id: `k${keys.length}`, createdAt: now, withdrawnAt: undefined, inHaste };
  return add === undefined ? left : [...left, { ...made, ...add }];
}

/** Lives a life from its first key on; gives all keys that there ever were, and the last moment. */
export function live(happenings: readonly Happening[], schedule: KeySchedule, start: number) {
  let now = start;
  const first = planFirst([], now);
  let keys: LifeKey[] = first === undefined ? [] : applied([], first, now, false);
  for (const happening of happenings) {
    now += happening.after;
    const next = plan(keys, happening, now, schedule);
    const inHaste = happening.what === 'haste' || happening.what === 'withdraw';
    if (next !== undefined) keys = applied(keys, next, now, inHaste);
  }
  return { keys, now };
}

/** Every moment at which something could change, and the milliseconds around it. */
export function momentsOf(keys: readonly KeyTimes[], overlapMs: number): number[] {
  const edges = keys.flatMap(({ createdAt, currentFrom, withdrawnAt }) => [
    createdAt,
    currentFrom,
    currentFrom + overlapMs,
    ...(withdrawnAt === undefined ? [] : [withdrawnAt]),
  ]);
  return [...new Set(edges.flatMap((edge) => [edge - 1, edge, edge + 1]))].toSorted((a, b) => a - b);
}
