import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createSealer, masterKeyFrom } from '#adapters/crypto/sealer.ts';
import { createMemoryFlowStore } from '#adapters/memory/flow-store.ts';
import type { SendOutcome } from '#src/sign-in/factor.ts';
import { createFlowKeeper } from '#src/sign-in/flow-keeper.ts';
import type { SignInFlow } from '#src/sign-in/flow-state.ts';
import { createPrepareStep } from '#src/sign-in/prepare-step.ts';
import type { SignInEvent } from '#src/sign-in/sign-in-flow.ts';
import type { Turn } from '#src/sign-in/turn.ts';
import { createTurns } from '#src/sign-in/turns.ts';
import { createTestClock } from '../../support/clock.ts';
import { methodContext } from '../../support/method-context.ts';
import { FIRST_PLAN, play } from './flow-events.ts';

const METHODS = ['totp', 'sms'];
const accepted: SignInEvent = {
  ...{ kind: 'password-accepted', accountId: 'anna', loginName: 'Anna' },
  ...{ methods: METHODS, plan: FIRST_PLAN },
};
const choose = (method: string): SignInEvent => ({ kind: 'method-chosen', method });

/** A sign-in that stands at `flow`. What its turns read, save and send happens when the scheduler says so. */
function signInAt(flow: SignInFlow, scheduler: fc.Scheduler) {
  const clock = createTestClock();
  const flows = createMemoryFlowStore({ clock });
  const sealer = createSealer({ current: masterKeyFrom(randomBytes(32).toString('base64')), previous: [] });
  const load = scheduler.scheduleFunction(flows.load);
  const save = scheduler.scheduleFunction(flows.save);
  const keeper = createFlowKeeper({ flows: { ...flows, load, save }, sealer, ttl: 3_600 });
  let codes = 0;
  /** One code leaves; whoever asks for another one waits. */
  const sendSignInCode = async (
    _at: Turn,
    { method }: { method: string },
  ): Promise<SendOutcome | undefined> => {
    if (method !== 'sms') return undefined;
    codes += 1;
    if (codes > 1) return { kind: 'wait', until: 9 };
    const sent = { channel: 'sms', ending: '78', at: 1, againAt: 2 } as const;
    return scheduler.schedule(Promise.resolve({ kind: 'sent', sent }));
  };
  const unasked = async () => assert.fail('no such thing is asked for');
  const turns = createTurns({
    ...{ keeper, accounts: { findById: unasked }, proofsStand: unasked },
    prepare: createPrepareStep({
      ...{ methods: [], enrolments: { finish: unasked }, newBackupCode: () => '' },
      ...{ sendEmailCode: unasked, sendSignInCode, clock },
    }),
    events: { stepMisplaced: () => assert.fail('every form is for its step') },
  });
  const { tenant, interaction, locale, address } = methodContext();
  const about = { tenantId: tenant.id, reference: randomUUID(), interaction, address };
  const demand = { demanded: false, preferred: false };
  const at: Turn = { ...about, tenant, locale, loginHint: '', demand };
  return async (events: readonly SignInEvent[]): Promise<SignInFlow> => {
    await scheduler.waitFor(keeper.save(tenant.id, interaction, flow, 0));
    await scheduler.waitFor(Promise.all(events.map((event) => turns.turn(at, async () => event))));
    return scheduler.waitFor(turns.current(at));
  };
}

describe('whatever way they come between each other', () => {
  test('presses that choose the method of a code come to one code, and its page knows it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 1, max: 3 }), async (scheduler, presses) => {
        const race = signInAt(play([accepted]), scheduler);
        const flow = await race(Array.from({ length: presses }, () => choose('sms')));
        assert.ok(flow.step === 'second-step' && flow.method === 'sms');
        assert.ok(flow.sent !== undefined && flow.problem === undefined);
      }),
    );
  });

  test('of two methods that are chosen at once one is asked for, and a code that left for it is known', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const flow = await signInAt(play([accepted]), scheduler)([choose('sms'), choose('totp')]);
        assert.ok(flow.step === 'second-step');
        assert.equal(flow.sent !== undefined, flow.method === 'sms');
        assert.equal(flow.problem, undefined);
      }),
    );
  });
});
