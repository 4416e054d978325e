import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createTotpMethod, newTotpData, TOTP_KIND } from '#interactions/factors/totp.ts';
import { createEnrolFactor } from '#src/enrolment/enrol-factor.ts';
import { createTryLimiter } from '#src/lockout/try-limiter.ts';
import { PHONE_KIND } from '#src/message/phone-factor.ts';
import { createSetUp, type SetUpOutcome } from '#src/settings/set-up.ts';
import type { FactorStore, NewFactor } from '#src/sign-in/ports.ts';
import { codeOf, keyIn } from '../../support/authenticator.ts';
import { smsMethodOver } from '../../support/sms-method.ts';
import {
  codeIn,
  createAtOnce,
  createSettingsBench,
  RUNS,
  type SettingsBench,
  times,
} from './settings-bench.ts';

const NUMBER = '0687654321';
const FORMER = 'former';
const TASK = 'task';

/** What is proved, added to the methods of the bench by the rules of the store. */
function createStore({ factors, clock }: SettingsBench, scheduler: fc.Scheduler) {
  const { all, list } = factors;
  const isOwned = ({ kind, identity }: NewFactor) =>
    all.some((one) => one.kind === kind && one.identity === identity);
  const keep = (factor: NewFactor) =>
    void all.push({ ...factor, createdAt: clock.now(), lastUsedAt: clock.now() });
  const store: Pick<FactorStore, 'list' | 'add' | 'addFirst' | 'replace'> = {
    list: scheduler.scheduleFunction(list),
    addFirst: async () => assert.fail('whoever is signed in has a method'),
    add: scheduler.scheduleFunction(async (factor) => {
      if (isOwned(factor)) return false;
      keep(factor);
      return true;
    }),
    replace: scheduler.scheduleFunction(async (formerId, factor) => {
      const at = all.findIndex(({ id }) => id === formerId);
      if (at < 0) return 'gone';
      if (isOwned(factor)) return 'taken';
      all.splice(at, 1);
      keep(factor);
      return 'replaced';
    }),
  };
  return store;
}

/** Somebody with one app, who sets up another method. */
function settingsOf(scheduler: fc.Scheduler) {
  const bench = createSettingsBench(scheduler);
  const { tenant, account, turn, tasks, factors, throttle, digester, clock, courier } = bench;
  factors.all.push({
    ...{ id: FORMER, tenantId: tenant.id, accountId: account.id, kind: TOTP_KIND, label: '' },
    ...{ data: newTotpData(), identity: FORMER, lastCounter: undefined, createdAt: 0, lastUsedAt: 0 },
  });
  const store = createStore(bench, scheduler);
  const openTry = createTryLimiter({ throttle, clock });
  const setUps = createSetUp({
    tasks,
    enrolFactor: createEnrolFactor({ factors: store, openTry, digester }),
    factors: store,
    deliveries: { find: async () => assert.fail('a press looks for no delivery') },
    methods: [createTotpMethod({ digester }), smsMethodOver(bench).method],
    settingsEvents: { codeRequested() {}, refused() {} },
    clock,
  });
  const added: string[] = [];
  const atOnce = createAtOnce(scheduler);
  const current = async () => (await atOnce([() => setUps.current(turn, TASK)]))[0];
  const submit = (id: string, method: string, typed: { phone?: string; code?: string }) => () =>
    setUps.submit(turn, TASK, { id, method, typed }, async (it) => void added.push(it.factorId));
  return {
    ...{ added, atOnce, current, sent: courier.sent, owned: () => factors.all.map(({ id }) => id) },
    /** Another browser removed it meanwhile. */
    lose: (id: string) =>
      scheduler.scheduleFunction(async () => {
        const at = factors.all.findIndex((one) => one.id === id);
        if (at >= 0) factors.all.splice(at, 1);
      }),
    begin: (page: string, replaces?: string) => () => setUps.begin(turn, TASK, { page, replaces }),
    /** The id of the one that waits, once it was begun. */
    async begun(page: string, replaces?: string): Promise<string> {
      await atOnce([() => setUps.begin(turn, TASK, { page, replaces })]);
      const { id } = (await current()) ?? assert.fail('nothing was begun');
      return id;
    },
    ask: (id: string) => submit(id, PHONE_KIND, { phone: NUMBER }),
    sendAgain: (id: string) => () => setUps.sendCode(turn, TASK, { id, channel: 'sms' }),
    proveNumber: (id: string, code: string) => submit(id, PHONE_KIND, { code }),
    /** Types what the new app shows. */
    async proveApp(id: string): Promise<() => Promise<SetUpOutcome>> {
      const data = (await current())?.pending[TOTP_KIND] ?? assert.fail('there is no new app');
      return submit(id, TOTP_KIND, { code: codeOf(keyIn(data), clock.now()) });
    },
    /** Another code may leave. */
    waited: () => clock.advance(120_000),
  };
}

describe('whatever way they come between each other', () => {
  test('presses that ask for a code come to one, its page, and a number that it proves', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), times, async (scheduler, presses) => {
        const { begun, atOnce, ask, current, sent, proveNumber } = settingsOf(scheduler);
        const id = await begun('sms');
        await atOnce(Array.from({ length: presses }, () => ask(id)));
        assert.equal(sent.length, 1);
        assert.ok((await current())?.sent !== undefined, 'the code that left is not known any more');
        const [answer] = await atOnce([proveNumber(id, codeIn(sent[0]))]);
        assert.equal(answer?.kind, 'added');
      }),
      RUNS,
    );
  });

  for (const [how, replaces] of [
    ['beside the one there is', undefined],
    ['in its place', FORMER],
  ] as const) {
    test(`presses that prove an app ${how} add it and tell it once, and none says that it is gone`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.scheduler(), times, async (scheduler, presses) => {
          const { begun, atOnce, proveApp, added, owned, current } = settingsOf(scheduler);
          const id = await begun('app', replaces);
          const prove = await proveApp(id);
          const answers = await atOnce(Array.from({ length: presses }, () => prove));
          const kinds = answers.map(({ kind }) => kind);
          assert.equal(kinds.filter((kind) => kind === 'added').length, 1);
          assert.ok(!kinds.includes('gone'), 'a press was told that nothing came of it');
          assert.deepEqual(owned(), [...(replaces === undefined ? [FORMER] : []), ...added]);
          assert.equal(await current(), undefined);
          assert.deepEqual(await atOnce([prove]), [{ kind: 'finished' }]);
        }),
        RUNS,
      );
    });
  }

  test('a number that is proved stays so, whatever is asked for it besides', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const { begun, atOnce, ask, sent, proveNumber, sendAgain, waited, added, current } =
          settingsOf(scheduler);
        const id = await begun('sms');
        await atOnce([ask(id)]);
        waited();
        const code = codeIn(sent[0]);
        const wrong = code === '000000' ? '000001' : '000000';
        await atOnce([proveNumber(id, code), sendAgain(id), proveNumber(id, wrong)]);
        assert.equal((await current()) === undefined, added.length === 1);
      }),
    );
  });

  test('a set-up that another window begins stands once an earlier one is proved', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const { begun, atOnce, proveApp, begin, current, added } = settingsOf(scheduler);
        const first = await begun('app');
        const prove = await proveApp(first);
        const another = begin('app');
        await atOnce<unknown>([prove, another]);
        if (added.length === 0) return;
        const waits = await current();
        assert.ok(waits !== undefined && waits.id !== first, 'the newer one is lost');
      }),
      RUNS,
    );
  });

  test('where what was to be replaced is gone, each press is told so, and a set-up that was begun meanwhile stands', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const { begun, atOnce, proveApp, begin, current, added, lose } = settingsOf(scheduler);
        const first = await begun('app', FORMER);
        const prove = await proveApp(first);
        await atOnce([lose(FORMER)]);
        const answers = await atOnce<unknown>([prove, prove, begin('app')]);
        // `again`: it was not there any more when the press came, and the page of the newer one says so.
        for (const answer of answers) assert.ok(answer === true || /again|gone/.test(JSON.stringify(answer)));
        assert.deepEqual(added, []);
        const waits = await current();
        assert.ok(waits !== undefined && waits.id !== first, 'the newer one is lost');
      }),
      RUNS,
    );
  });
});
