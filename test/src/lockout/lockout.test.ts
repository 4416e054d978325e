import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import fc from 'fast-check';
import { createMemoryThrottleStore } from '#adapters/memory/throttle-store.ts';
import { createRedisThrottleStore } from '#adapters/redis/throttle-store.ts';
import { LANE_LIMIT } from '#src/lockout/policy.ts';
import { type Ending, endOfSuite } from '../../support/postgres.ts';
import { testRedis } from '../../support/redis.ts';
import { createSignInBench, type SignInBench } from '../sign-in/sign-in-bench.ts';
import { createLockoutBench, type EmptyThrottle, type LockoutBench } from './lockout-bench.ts';
import { type Answer, LockoutModel, METHODS, type Try } from './lockout-model.ts';

/** Few enough that sequences get there. */
const LIMIT = 8;
const HOUR = 3_600_000;
const [PEOPLE, NOBODY] = [['anna', 'bram'], 'niemand'];
/** Names that nobody has, for who tries one password on many. */
const LIST = Array.from({ length: 32 }, (_, n) => `lijst-${n}`);
const BROWSERS = ['laptop', 'phone', 'thief'];
const ADDRESSES = [1, 2];

const someName = fc.constantFrom(...PEOPLE, NOBODY);
const someone = fc.constantFrom(...PEOPLE);
const from = { browser: fc.constantFrom(...BROWSERS), address: fc.constantFrom(...ADDRESSES) };
const someStep = fc.constantFrom('password', 'password', ...METHODS);

/** Tries one after the other; who is patient waits as long as told, and tries again. */
const tries = fc
  .record({ name: someName, step: someStep, ...from, right: fc.boolean() })
  .filter(({ name, step }) => name !== NOBODY || step === 'password')
  .chain((tried) =>
    fc.record({
      do: fc.constant('try' as const),
      tried: fc.constant(tried),
      times: fc.integer({ min: 1, max: tried.right ? 1 : 7 }),
      patient: fc.boolean(),
    }),
  );
const signIn = fc.record({ do: fc.constant('sign in' as const), name: someone, ...from });
const atOnce = fc.record({
  do: fc.constant('at once' as const),
  name: someName,
  browser: from.browser,
  times: fc.integer({ min: 2, max: 9 }),
});
const spray = fc.record({
  do: fc.constant('spray' as const),
  ...from,
  times: fc.integer({ min: 20, max: LIST.length }),
});
/** Wrong codes by one method after another: no method alone sees how many they are. */
const hop = fc.record({
  do: fc.constant('hop' as const),
  name: someone,
  ...from,
  times: fc.integer({ min: 3, max: 6 }),
});
const pass = fc.record({
  do: fc.constant('pass' as const),
  ms: fc.constantFrom(1, 29_999, 30_000, 600_000, HOUR, 25 * HOUR),
});
const setBack = fc.record({
  do: fc.constant('set back' as const),
  ms: fc.constantFrom(1, 30_000, 45_000, 700_000, 100 * HOUR),
});
const flush = fc.record({ do: fc.constant('flush' as const) });

const turn = fc.oneof(
  { weight: 8, arbitrary: tries },
  { weight: 3, arbitrary: signIn },
  { weight: 1, arbitrary: atOnce },
  { weight: 1, arbitrary: spray },
  { weight: 1, arbitrary: hop },
  { weight: 2, arbitrary: pass },
  { weight: 1, arbitrary: setBack },
  { weight: 1, arbitrary: flush },
);
type Turn = typeof turn extends fc.Arbitrary<infer T> ? T : never;

/** Numbers that no other run uses: accounts and addresses of each are its own. */
let runs = 0;
function newRun() {
  runs += 1;
  const run = runs;
  let fresh = 0;
  const nextAddress = () => {
    fresh += 1;
    return `10.${run >> 8}.${run & 255}.${100 + fresh}`;
  };
  const nameOf = (name: string) => `${name}-${run}`;
  return { nameOf, addressOf: (n: number) => `10.${run >> 8}.${run & 255}.${n}`, nextAddress };
}

const worded = (answers: readonly Answer[]) => answers.map((answer) => JSON.stringify(answer)).sort();

/** Plays turns on the product and on the model. Every answer is the same. */
async function play(turns: readonly Turn[], sign: SignInBench, emptyThrottle: EmptyThrottle): Promise<void> {
  const { nameOf, addressOf, nextAddress } = newRun();
  const { clock } = sign;
  const people = PEOPLE.map(nameOf);
  const model = new LockoutModel(people, LIMIT);
  const product = await createLockoutBench(sign, { people, limit: LIMIT, emptyThrottle });
  const names = [...PEOPLE, NOBODY, ...LIST].map(nameOf);
  const all = { names, browsers: BROWSERS, addresses: ADDRESSES.map(addressOf) };

  const attempt = async (tried: Try): Promise<Answer> => {
    const expected = model.try(tried, clock.now());
    assert.deepEqual(await product.try(tried), expected);
    return expected;
  };
  const wholeSignIn = async (who: Pick<Try, 'name' | 'browser' | 'address'>) => {
    for (const step of ['password', 'totp'] as const) {
      if ((await attempt({ ...who, step, right: true })).kind !== 'right') return;
    }
    const expected = model.signIn(who);
    assert.deepEqual(await product.signIn(who), expected);
  };
  const takeTurn = async (next: Turn) => {
    if (next.do === 'pass') clock.advance(next.ms);
    else if (next.do === 'flush') {
      model.flush();
      await product.flush();
    } else if (next.do === 'set back') {
      // What is over is looked at first: no store is asked to remember it.
      model.look(clock.now());
      await product.look(all);
      clock.advance(-next.ms);
    } else if (next.do === 'sign in') {
      await wholeSignIn({ ...next, name: nameOf(next.name), address: addressOf(next.address) });
    } else if (next.do === 'spray') {
      const how = { browser: next.browser, address: addressOf(next.address), step: 'password' } as const;
      for (const name of LIST.slice(0, next.times))
        await attempt({ ...how, name: nameOf(name), right: false });
    } else if (next.do === 'hop') {
      const who = { name: nameOf(next.name), browser: next.browser, address: addressOf(next.address) };
      for (const step of METHODS) {
        for (let n = 0; n < next.times; n += 1) await attempt({ ...who, step, right: false });
      }
    } else if (next.do === 'at once') {
      const { browser, times } = next;
      const where = { name: nameOf(next.name), browser, address: nextAddress() };
      const each = Array.from({ length: times }, (): Try => ({ ...where, step: 'password', right: false }));
      const answers = await Promise.all(each.map((tried) => product.try(tried)));
      assert.deepEqual(worded(answers), worded(each.map((tried) => model.try(tried, clock.now()))));
    } else {
      const { tried, times, patient } = next;
      for (let n = 0; n < times; n += 1) {
        const at = { ...tried, name: nameOf(tried.name), address: addressOf(tried.address) };
        const answer = await attempt(at);
        if (answer.kind !== 'wait' || !patient) continue;
        clock.advance(answer.wait);
        await attempt(at);
      }
    }
  };
  for (const next of turns) await takeTurn(next);
}

/** Throttle stores that begin empty: a new one in memory, or one of Redis with everything of the tenant thrown away. */
function memoryThrottle({ clock }: SignInBench): EmptyThrottle {
  return async () => createMemoryThrottleStore({ clock });
}

async function redisThrottle(ending: Ending, { tenantId }: SignInBench): Promise<EmptyThrottle> {
  const { redis, client } = await testRedis(ending);
  const store = createRedisThrottleStore(client);
  return async () => {
    const keys = await redis.keys(`pw:{${tenantId}}:throttle:*`);
    if (keys.length > 0) await redis.del(...keys);
    return store;
  };
}

describe('tries, waits and blocks together', () => {
  const ending = endOfSuite();
  let sign: SignInBench;

  before(async () => {
    sign = await createSignInBench(ending);
  });

  const openBench = (people: readonly string[], limit = LANE_LIMIT) =>
    createLockoutBench(sign, { people, limit, emptyThrottle: memoryThrottle(sign) });
  /** Tries that wait as long as they are told, until so many were judged. */
  const failPatiently = async (bench: LockoutBench, tried: Try, times: number) => {
    for (let judged = 0; judged < times; ) {
      const answer = await bench.try({ ...tried, right: false });
      if (answer.kind === 'wait') sign.clock.advance(answer.wait);
      else judged += 1;
    }
  };

  test('answer as the model does, whatever people, strangers and the clock do', async () => {
    const turns = fc.array(turn, { minLength: 5, maxLength: 20 });
    const rule = fc.asyncProperty(turns, (all) => play(all, sign, memoryThrottle(sign)));
    await fc.assert(rule, { numRuns: 20 });
  });

  test('answer as the model does over Redis', async () => {
    const emptyThrottle = await redisThrottle(ending, sign);
    const turns = fc.array(turn, { minLength: 10, maxLength: 20 });
    const rule = fc.asyncProperty(turns, (all) => play(all, sign, emptyThrottle));
    await fc.assert(rule, { numRuns: 5 });
  });

  test('whatever strangers do, a known browser never waits and is never blocked', async () => {
    const hostile = fc.oneof(
      fc.record({ step: someStep, times: fc.integer({ min: 1, max: 12 }) }),
      fc.constantFrom('flush' as const, 'hour' as const),
    );
    const rule = fc.asyncProperty(fc.array(hostile, { minLength: 1, maxLength: 15 }), async (deeds) => {
      const { nameOf, nextAddress } = newRun();
      const [name, shared] = [nameOf('doelwit'), nextAddress()];
      const bench = await openBench([name], LIMIT);
      const own = { name, browser: 'own', address: shared, right: true };
      assert.equal((await bench.signIn(own)).kind, 'signed-in');
      for (const deed of deeds) {
        if (deed === 'flush') await bench.flush();
        else if (deed === 'hour') sign.clock.advance(HOUR);
        else {
          const stranger = { name, browser: 'thief', address: shared, step: deed.step, right: false };
          await Promise.all(Array.from({ length: deed.times }, () => bench.try(stranger)));
        }
        for (const step of ['password', 'totp', 'sms'] as const) {
          assert.deepEqual(await bench.try({ ...own, step }), { kind: 'right' });
        }
        assert.deepEqual(await bench.signIn(own), {
          kind: 'signed-in',
          failures: 0,
          codeFailures: 0,
          newBrowser: false,
        });
      }
    });
    await fc.assert(rule, { numRuns: 10 });
  });

  test('an unknown name waits exactly as a known one does', async () => {
    const deed = fc.oneof(
      fc.record({ browser: fc.constantFrom(...BROWSERS), times: fc.integer({ min: 1, max: 7 }) }),
      fc.constantFrom(1, 30_000, HOUR, 25 * HOUR),
    );
    const rule = fc.asyncProperty(fc.array(deed, { minLength: 1, maxLength: 20 }), async (deeds) => {
      const { nameOf, nextAddress } = newRun();
      const [name, nobody] = [nameOf('iemand'), nameOf('niemand')];
      const bench = await openBench([name], LIMIT);
      const [here, there] = [nextAddress(), nextAddress()];
      for (const next of deeds) {
        if (typeof next === 'number') {
          sign.clock.advance(next);
          continue;
        }
        for (let n = 0; n < next.times; n += 1) {
          const one: Try = { name, browser: next.browser, address: here, step: 'password', right: false };
          const known = await bench.try(one);
          assert.deepEqual(await bench.try({ ...one, name: nobody, address: there }), known);
        }
      }
    });
    await fc.assert(rule, { numRuns: 10 });
  });

  for (const step of ['password', 'totp'] as const) {
    test(`the ${LANE_LIMIT}th wrong ${step} in a row blocks its lane and no other`, async () => {
      const { nameOf, nextAddress } = newRun();
      const [name, colleague] = [nameOf('honderd'), nameOf('collega')];
      const bench = await openBench([name, colleague]);
      const own = { name, browser: 'own', address: nextAddress(), step: 'password', right: true } as const;
      await bench.signIn(own);
      const stranger = { ...own, browser: 'thief', address: nextAddress() };
      await failPatiently(bench, { ...stranger, step }, LANE_LIMIT - 1);
      sign.clock.advance(HOUR);
      assert.deepEqual(await bench.try(stranger), { kind: 'right' }, 'not yet');
      await failPatiently(bench, { ...stranger, step }, 1);
      sign.clock.advance(HOUR);
      assert.deepEqual(await bench.try(stranger), { kind: 'blocked' });
      assert.deepEqual(await bench.signIn(stranger), { kind: 'blocked' });
      assert.deepEqual(await bench.try({ ...stranger, name: colleague }), { kind: 'right' });
      assert.deepEqual(await bench.try(own), { kind: 'right' });
      assert.equal((await bench.signIn(own)).kind, 'signed-in');
    });
  }

  test('emptying the cache frees no blocked lane and forgets no failure of the hundred', async () => {
    const { nameOf, nextAddress } = newRun();
    const name = nameOf('leeg');
    const bench = await openBench([name], LIMIT);
    const stranger = { name, browser: 'thief', address: nextAddress(), step: 'password' } as const;
    for (let n = 0; n < LIMIT; n += 1) {
      assert.deepEqual(await bench.try({ ...stranger, right: true }), { kind: 'right' });
      await failPatiently(bench, { ...stranger, right: false }, 1);
      await bench.flush();
    }
    for (let n = 0; n < 3; n += 1) {
      assert.deepEqual(await bench.try({ ...stranger, right: true }), { kind: 'blocked' });
      await bench.flush();
    }
  });

  test('a full address keeps strangers out, and nobody whose browser is known', async () => {
    const { nameOf, nextAddress } = newRun();
    const name = nameOf('kantoor');
    const bench = await openBench([name]);
    const own = { name, browser: 'own', address: nextAddress(), step: 'password', right: true } as const;
    await bench.signIn(own);
    for (const typed of LIST.slice(0, 30)) {
      const tried = { ...own, name: nameOf(typed), browser: 'thief', right: false };
      assert.deepEqual(await bench.try(tried), { kind: 'wrong' });
    }
    for (const step of ['password', 'totp'] as const) {
      assert.deepEqual(await bench.try({ ...own, step }), { kind: 'right' });
      const stranger = { ...own, step, browser: 'new' };
      assert.deepEqual(await bench.try(stranger), { kind: 'wait', wait: 600_000 });
      assert.deepEqual(await bench.try({ ...stranger, address: nextAddress() }), { kind: 'right' });
    }
  });

  test('who waits on one method can use another, until twenty wrong codes make all of them wait', async () => {
    const { nameOf, nextAddress } = newRun();
    const name = nameOf('hopper');
    const bench = await openBench([name]);
    const who = { name, browser: 'new', address: nextAddress() };
    const fail = async (step: Try['step'], times: number) => {
      for (let n = 0; n < times; n += 1) {
        assert.deepEqual(await bench.try({ ...who, step, right: false }), { kind: 'wrong' });
      }
    };
    const wait = { kind: 'wait', wait: 30_000 };
    await fail('totp', 5);
    assert.deepEqual(await bench.try({ ...who, step: 'totp', right: true }), wait);
    assert.deepEqual(await bench.try({ ...who, step: 'sms', right: true }), { kind: 'right' });
    assert.deepEqual(
      await bench.try({ ...who, step: 'totp', right: true }),
      wait,
      'sms opens no other method',
    );
    sign.clock.advance(30_000);
    assert.deepEqual(await bench.try({ ...who, step: 'totp', right: true }), { kind: 'right' });
    // A right code began the person's twenty anew.
    for (const step of ['totp', 'sms', 'webauthn', 'yubico-otp'] as const) await fail(step, 5);
    assert.deepEqual(await bench.try({ ...who, step: 'backup-code', right: true }), wait);
    sign.clock.advance(30_000);
    assert.deepEqual(await bench.try({ ...who, step: 'backup-code', right: true }), { kind: 'right' });
  });
});
