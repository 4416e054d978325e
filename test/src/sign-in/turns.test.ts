import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { createSealer, masterKeyFrom } from '#adapters/crypto/sealer.ts';
import { createMemoryFlowStore } from '#adapters/memory/flow-store.ts';
import { planOf } from '#src/enrolment/plan.ts';
import { NOTHING_KNOWN } from '#src/enrolment/ports.ts';
import { createFlowKeeper } from '#src/sign-in/flow-keeper.ts';
import type { FlowProof, SignInFlow } from '#src/sign-in/flow-state.ts';
import type { SignInEvent } from '#src/sign-in/sign-in-flow.ts';
import type { Turn } from '#src/sign-in/turn.ts';
import { createTurns, type Judged } from '#src/sign-in/turns.ts';
import { createTestClock } from '../../support/clock.ts';
import { methodContext } from '../../support/method-context.ts';
import { sampleAccount } from '../../support/sample-account.ts';
import { FIRST_PLAN, PAGES, play } from './flow-events.ts';

const anna = { accountId: 'anna', loginName: 'Anna' };
const account = sampleAccount({ id: 'anna', tenantId: 'tenant', loginName: 'Anna' });
const proof: FlowProof = { method: 'sms', amr: ['sms'], phishingResistant: false, at: 5 };
const added: SignInEvent = { kind: 'method-added', accountId: 'anna', page: 'sms', proof, pageDone: true };
const skipped: SignInEvent = { kind: 'skipped' };
const sent = { channel: 'sms' as const, ending: '78', at: 1, againAt: 2, again: false };
const codeSent: SignInEvent = { kind: 'code-sent', sent, pending: { method: 'sms', data: '{}' } };
const tooSoon: SignInEvent = { kind: 'refused', problem: { kind: 'send-wait', until: 9 } };

/** A sign-in that stands at `flow`, and requests that race in it. */
async function raceFrom(flow: SignInFlow) {
  const clock = createTestClock();
  const sealer = createSealer({ current: masterKeyFrom(randomBytes(32).toString('base64')), previous: [] });
  const keeper = createFlowKeeper({ flows: createMemoryFlowStore({ clock }), sealer, ttl: 3_600 });
  const misplaced: object[] = [];
  const turns = createTurns({
    keeper,
    accounts: { findById: async () => account },
    proofsStand: async () => true,
    prepare: async (_at, reached) => reached,
    events: { stepMisplaced: (_at, result) => misplaced.push(result) },
  });
  const { tenant, interaction, locale, address } = methodContext();
  const about = { tenantId: tenant.id, reference: randomUUID(), interaction, address };
  const demand = { demanded: false, preferred: false };
  const at: Turn = { ...about, tenant, locale, loginHint: '', demand };
  assert.ok(await keeper.save(tenant.id, interaction, flow, 0));
  return {
    misplaced,
    /** A form for another step than the flow is at. */
    forStep: (step: 'second-step' | 'backup-code') =>
      turns.turnAt(at, [step], async () => assert.fail('it was judged')),
    /** Both requests read the flow before either is judged; the first event named is saved first. */
    async race(...judged: readonly [SignInEvent, SignInEvent]): Promise<SignInFlow> {
      const gates = judged.map(() => Promise.withResolvers<Judged>());
      const running = gates.map(({ promise }) => turns.turn(at, () => promise));
      // Every turn has read the flow once a look at it, asked for later, is answered.
      await turns.current(at);
      for (const [index, event] of judged.entries()) {
        gates[index]?.resolve(event);
        await running[index];
      }
      return turns.current(at);
    },
  };
}

const firstPage = play([{ kind: 'password-accepted', ...anna, methods: [], plan: FIRST_PLAN }]);

describe('of two requests of one sign-in that race', () => {
  test('two presses on skip skip one page', async () => {
    const { race } = await raceFrom(firstPage);
    const flow = await race(skipped, skipped);
    assert.ok(flow.step === 'enrol' && flow.page === 'yubikey');
  });

  test('a method counts for the page it was added on, also when that page was left meanwhile', async () => {
    const policy = { pages: PAGES, required: ['webauthn'], backupCode: false, asks: undefined };
    const nobody = { owned: [], record: NOTHING_KNOWN, email: undefined, emailVerified: false };
    const plan = planOf(policy, nobody);
    const { race } = await raceFrom(play([{ kind: 'password-accepted', ...anna, methods: [], plan }]));
    const flow = await race(skipped, added);
    assert.ok(flow.step === 'enrol' && flow.page === 'yubikey', 'the required page is still to be done');
    assert.deepEqual([flow.plan.done, flow.plan.skipped, flow.proofs], [['sms'], [], [proof]]);
  });

  test('a code that was sent is not lost to the refusal that the other one got, whichever is first', async () => {
    for (const [one, other] of [
      [tooSoon, codeSent],
      [codeSent, tooSoon],
    ] as const) {
      const flow = await (await raceFrom(firstPage)).race(one, other);
      assert.ok(flow.step === 'enrol');
      assert.deepEqual([flow.pending, flow.sent, flow.problem], [{ sms: '{}' }, sent, undefined]);
    }
  });

  test('a code that was sent for a page is nothing on the next one', async () => {
    const { race } = await raceFrom(firstPage);
    const flow = await race(skipped, codeSent);
    assert.ok(flow.step === 'enrol' && flow.page === 'yubikey');
    assert.deepEqual([flow.pending, flow.sent], [{}, undefined]);
  });

  test('the one that found its step done by the other goes on with it', async () => {
    const backupCode = play([added, skipped, skipped], firstPage);
    assert.equal(backupCode.step, 'backup-code');
    const { race } = await raceFrom(backupCode);
    const flow = await race({ kind: 'backup-code-kept' }, { kind: 'overtaken' });
    assert.equal(flow.step, 'first-sign-in');
  });
});

test('a form for another step is not judged, changes nothing, and leaves a record of who and where', async () => {
  const { forStep, misplaced } = await raceFrom(firstPage);
  for (const step of ['second-step', 'backup-code'] as const) {
    const flow = await forStep(step);
    assert.ok(flow.step === 'enrol' && flow.page === 'sms');
  }
  assert.deepEqual(misplaced, [
    { account: 'anna', at: 'enrol', meant: 'second-step' },
    { account: 'anna', at: 'enrol', meant: 'backup-code' },
  ]);
});
