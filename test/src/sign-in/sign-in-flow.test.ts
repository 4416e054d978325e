import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Plan } from '#src/enrolment/plan.ts';
import {
  type FlowProof,
  type SignInFlow,
  type SignInStep,
  signInFlowSchema,
} from '#src/sign-in/flow-state.ts';
import { next, type SignInEvent, startFlow } from '#src/sign-in/sign-in-flow.ts';
import { DONE_PLAN, event, events, FIRST_PLAN, likely, play } from './flow-events.ts';

const anna = { accountId: 'anna', loginName: 'Anna' };
const proofBy = (method: string, phishingResistant = false): FlowProof => ({
  method,
  amr: ['otp'],
  phishingResistant,
  at: 5,
});
const accepted = (
  methods: string[],
  plan: Plan = FIRST_PLAN,
): Extract<SignInEvent, { kind: 'password-accepted' }> => ({
  kind: 'password-accepted',
  ...anna,
  methods,
  plan,
});
const proved = (method: string, { usedUp = false, strong = false } = {}): SignInEvent => ({
  kind: 'factor-proved',
  accountId: 'anna',
  proof: proofBy(method, strong),
  usedUp,
});
const pages: Readonly<Record<string, string>> = { sms: 'sms', totp: 'app' };
const added = (method: string, { pageDone = true, strong = false } = {}): SignInEvent => ({
  kind: 'method-added',
  accountId: 'anna',
  page: pages[method] ?? 'yubikey',
  proof: proofBy(method, strong),
  pageDone,
});
const saved = (confirm?: string): SignInEvent => ({ kind: 'first-sign-in-saved', confirm });
const skipped: SignInEvent = { kind: 'skipped' };
const kept: SignInEvent = { kind: 'backup-code-kept' };

const stepsOf = (list: readonly SignInEvent[]): string[] => {
  let flow = startFlow();
  return list.map((happened) => {
    flow = next(flow, happened) ?? flow;
    return flow.step === 'enrol' ? `enrol-${flow.page}` : flow.step;
  });
};

/** Who is behind the password, told without the states: by the events alone. */
class Witness {
  person: string | undefined;
  /** Ways that the person has; a first method may be added while there is none. */
  ways: readonly string[] = [];
  proofs: FlowProof[] = [];

  see(happened: SignInEvent, step: SignInStep): void {
    if (step === 'signed-in') return;
    if (happened.kind === 'start-over' || happened.kind === 'overtaken') this.forget();
    if (happened.kind === 'password-accepted' && step === 'password') {
      this.person = happened.accountId;
      this.ways = happened.methods;
    }
    if (!('accountId' in happened) || happened.accountId !== this.person) return;
    if (happened.kind === 'account-disabled') this.forget();
    if (happened.kind === 'factor-exists' && step === 'enrol' && this.proofs.length === 0)
      this.ways = happened.methods;
    if (happened.kind === 'factor-proved' && step === 'second-step') this.prove(happened.proof);
    if (happened.kind === 'method-added' && step === 'enrol') this.proofs.push(happened.proof);
  }

  prove(proof: FlowProof): void {
    if (this.ways.includes(proof.method)) this.proofs.push(proof);
  }

  forget(): void {
    this.person = undefined;
    this.ways = [];
    this.proofs = [];
  }
}

describe('no order of events', () => {
  for (const [name, list] of [
    ['of chance', events],
    ['of a person', likely],
  ] as const) {
    test(`${name} reaches signed-in without a password and a proved second step of that same person`, () => {
      fc.assert(
        fc.property(list, (happenings) => {
          const witness = new Witness();
          let flow = startFlow();
          for (const happened of happenings) {
            witness.see(happened, flow.step);
            flow = next(flow, happened) ?? flow;
            if (flow.step !== 'signed-in') continue;
            assert.equal(flow.accountId, witness.person);
            assert.ok(flow.proofs.length > 0);
            assert.deepEqual(flow.proofs, witness.proofs);
          }
        }),
        { numRuns: 5_000 },
      );
    });
  }

  test('reaches a step behind the methods without a proof', () => {
    const behind = new Set<SignInStep>(['backup-code', 'first-sign-in', 'confirm-email', 'signed-in']);
    fc.assert(
      fc.property(likely, (happenings) => {
        const flow = play(happenings);
        if (behind.has(flow.step)) assert.ok('proofs' in flow && flow.proofs.length > 0);
      }),
      { numRuns: 3_000 },
    );
  });

  test('sets up a method by password alone for a person who has one', () => {
    fc.assert(
      fc.property(likely, (happenings) => {
        let flow = startFlow();
        let owns = false;
        for (const happened of happenings) {
          const following = next(flow, happened);
          if (following === undefined) continue;
          if (happened.kind === 'password-accepted') owns = happened.methods.length > 0;
          if (happened.kind === 'factor-exists') owns = true;
          if (owns && following.step === 'enrol') assert.ok(following.proofs.length > 0);
          flow = following;
        }
      }),
      { numRuns: 3_000 },
    );
  });

  test('gives an application that demands more a sign-in without a phishing-resistant proof', () => {
    fc.assert(
      fc.property(likely, (happenings) => {
        let demanded = false;
        let flow = startFlow();
        for (const happened of happenings) {
          const following = next(flow, happened);
          if (following === undefined) continue;
          if ('plan' in happened) demanded = happened.plan.demand !== 'none';
          flow = following;
          if (flow.step !== 'signed-in' || !demanded) continue;
          assert.ok(flow.proofs.some(({ phishingResistant }) => phishingResistant));
        }
      }),
      { numRuns: 3_000 },
    );
  });

  test('makes a flow that could not be kept and read again', () => {
    fc.assert(
      fc.property(likely, (happenings) => {
        const flow = play(happenings);
        assert.deepEqual(
          signInFlowSchema.parse(JSON.parse(JSON.stringify(flow))),
          JSON.parse(JSON.stringify(flow)),
        );
      }),
    );
  });

  test('forgets in which lane, and when, the password was given', () => {
    const begun = { lane: 'own', since: 5 };
    const later = event.filter(({ kind }) => kind !== 'password-accepted' && kind !== 'start-over');
    fc.assert(
      fc.property(
        fc.constantFrom<string[]>([], ['totp'], ['sms', 'totp']),
        fc.array(later),
        (owned, happenings) => {
          let flow = next(startFlow(), { ...accepted(owned), begun });
          for (const happened of happenings) flow = (flow && next(flow, happened)) ?? flow;
          if (flow !== undefined && 'accountId' in flow) assert.deepEqual(flow.begun, begun, flow.step);
        },
      ),
    );
  });

  test('forgets that others use the computer too, until the account is closed', () => {
    const begun = { lane: '', since: 0, shared: true };
    // What these say of the computer is said anew.
    const anew = new Set(['password-accepted', 'password-refused', 'account-disabled']);
    const later = event.filter(({ kind }) => !anew.has(kind));
    fc.assert(
      fc.property(fc.constantFrom<string[]>([], ['totp']), fc.array(later), (owned, happenings) => {
        const flow = play(happenings, play([{ ...accepted(owned), begun }]));
        if (flow.step === 'password') assert.equal(flow.shared, true);
        if ('begun' in flow) assert.equal(flow.begun?.shared, true, flow.step);
      }),
    );
    const problem = { kind: 'wrong' as const };
    const refused = play([{ kind: 'password-refused', loginName: 'anna', shared: true, problem }]);
    assert.deepEqual(refused, { step: 'password', loginName: 'anna', shared: true, problem });
    const takenBack = play(
      [{ kind: 'password-refused', loginName: 'anna', shared: false, problem }],
      refused,
    );
    assert.deepEqual(takenBack, { step: 'password', loginName: 'anna', problem });
  });

  test('changes a flow that is to be handed over, unless the account was closed meanwhile', () => {
    const end = play([accepted(['totp'], DONE_PLAN), proved('totp')]);
    assert.equal(end.step, 'signed-in');
    const others = event.filter(({ kind }) => kind !== 'account-disabled');
    fc.assert(fc.property(others, (happened) => assert.equal(next(end, happened), undefined)));
    const closed = { kind: 'account-disabled', accountId: 'anna', why: 'tries' } as const;
    assert.deepEqual(next(end, closed), { step: 'blocked', why: 'tries' });
    assert.equal(next(end, { ...closed, accountId: 'bert' }), undefined);
  });
});

describe('a first sign-in', () => {
  test('goes SMS, YubiKey, app, backup code, question, in (R8–R15)', () => {
    assert.deepEqual(
      stepsOf([accepted([]), added('sms'), added('yubico-otp'), added('totp'), kept, saved(), skipped]),
      ['enrol-sms', 'enrol-yubikey', 'enrol-app', 'backup-code', 'first-sign-in', 'signed-in', 'signed-in'],
    );
  });

  test('may skip any page while one method is set up, and no page is shown twice', () => {
    assert.deepEqual(stepsOf([accepted([]), skipped, added('webauthn', { strong: true }), skipped, kept]), [
      'enrol-sms',
      'enrol-yubikey',
      'enrol-app',
      'backup-code',
      'first-sign-in',
    ]);
  });

  test('refuses to skip the last page after all others, with the reason, and lets the person go back (R9)', () => {
    const stuck = play([accepted([]), skipped, skipped, skipped]);
    assert.ok(stuck.step === 'enrol' && stuck.page === 'app');
    assert.deepEqual(stuck.problem, { kind: 'none-chosen' });
    const back = play([{ kind: 'back' }, { kind: 'back' }], stuck);
    assert.ok(back.step === 'enrol' && back.page === 'sms' && back.problem === undefined);
    const chosen = play([added('sms')], back);
    assert.ok(chosen.step === 'enrol' && chosen.page === 'app', 'what was skipped stays skipped');
    assert.equal(play([skipped], chosen).step, 'backup-code');
  });

  test('advises a second method on the page that follows the first, and only there', () => {
    const second = play([accepted([]), added('sms')]);
    assert.ok(second.step === 'enrol' && second.works);
    const third = play([skipped], second);
    assert.ok(third.step === 'enrol' && !third.works);
  });

  test('keeps what was asked of a method until the page is left or begun anew', () => {
    const sent = { channel: 'sms', ending: '78', at: 1, againAt: 2, again: false } as const;
    const pending = { method: 'sms', data: '{"phone":"+31612345678"}' };
    const asked = play([accepted([]), { kind: 'code-sent', sent, pending }]);
    assert.ok(asked.step === 'enrol' && asked.pending.sms === pending.data && asked.sent?.ending === '78');
    const anew = play([{ kind: 'set-up-renewed' }], asked);
    assert.ok(anew.step === 'enrol' && Object.keys(anew.pending).length === 0 && anew.sent === undefined);
    const wrong: SignInEvent = {
      kind: 'refused',
      problem: { kind: 'refused', method: 'sms', reason: 'wrong' },
    };
    const refused = play([wrong], asked);
    assert.ok(refused.step === 'enrol' && refused.pending.sms === pending.data);
  });

  test('asks the second step when another browser of the person was first', () => {
    const exists: SignInEvent = {
      kind: 'factor-exists',
      accountId: 'anna',
      methods: ['sms'],
      plan: FIRST_PLAN,
    };
    assert.equal(play([accepted([]), exists]).step, 'second-step');
    assert.equal(play([accepted([]), added('totp'), exists]).step, 'enrol', 'not after a proof of this one');
  });

  test('asks to prove the address that was given, and lets it be corrected or left for later', () => {
    const asked = play([accepted([]), added('sms'), skipped, skipped, kept, saved('a@example.org')]);
    assert.ok(asked.step === 'confirm-email' && asked.email === 'a@example.org');
    const anew = play([{ kind: 'email-change' }], asked);
    assert.ok(anew.step === 'first-sign-in' && anew.plan.asks === 'email');
    assert.equal(play([skipped], asked).step, 'signed-in');
    assert.equal(play([{ kind: 'email-proved' }], asked).step, 'signed-in');
  });

  test('shows nobody a page by a password alone where the tenant has no method at all', () => {
    assert.equal(play([accepted([], { ...FIRST_PLAN, pages: [] })]).step, 'blocked');
  });
});

describe('a later sign-in', () => {
  test('takes any of the person’s own ways, and no other', () => {
    const step = play([accepted(['sms', 'totp'], DONE_PLAN)]);
    assert.ok(step.step === 'second-step' && step.method === 'sms');
    assert.equal(next(step, { kind: 'method-chosen', method: 'webauthn' }), undefined);
    assert.equal(next(step, proved('webauthn')), undefined);
    const other = play([{ kind: 'method-chosen', method: 'totp' }], step);
    assert.ok(other.step === 'second-step' && other.method === 'totp' && other.sent === undefined);
    assert.equal(play([proved('totp')], other).step, 'signed-in');
  });

  test('sends nothing anew when the way that is asked already is chosen once more', () => {
    const step = play([accepted(['sms', 'totp'], DONE_PLAN)]);
    const sent = { channel: 'sms' as const, ending: '78', at: 1, againAt: 2, again: false };
    const asked = play([{ kind: 'code-sent', sent }], step);
    assert.equal(next(asked, { kind: 'method-chosen', method: 'sms' }), undefined);
    // Nothing is under way: choosing it tries again.
    const refused = play([{ kind: 'refused', problem: { kind: 'send-wait', until: 9 } }], step);
    const again = next(refused, { kind: 'method-chosen', method: 'sms' });
    assert.ok(again?.step === 'second-step' && again.problem === undefined);
  });

  test('offers a new backup code right after one was used, before it goes on (R14)', () => {
    const used = play([
      accepted(['totp', 'backup-code'], DONE_PLAN),
      proved('backup-code', { usedUp: true }),
    ]);
    assert.ok(used.step === 'backup-code' && used.plan.backupCode === 'renewed');
    assert.equal(play([kept], used).step, 'signed-in');
  });

  test('goes on with a first sign-in that was broken off, behind the second step (R16)', () => {
    const halfway: Plan = { ...FIRST_PLAN, done: ['sms'], skipped: ['yubikey'] };
    const steps = stepsOf([accepted(['sms'], halfway), proved('sms'), skipped, kept, saved()]);
    assert.deepEqual(steps, ['second-step', 'enrol-app', 'backup-code', 'first-sign-in', 'signed-in']);
  });

  test('leads to a stronger method that the application demands, or says why there is none', () => {
    const demanded: Plan = { ...DONE_PLAN, pages: ['yubikey'], required: ['yubikey'], demand: 'set-up' };
    const led = play([accepted(['totp'], demanded), proved('totp')]);
    assert.ok(led.step === 'enrol' && led.page === 'yubikey');
    const weaker = play([added('yubico-otp', { pageDone: false })], led);
    assert.equal(weaker.step, 'enrol');
    assert.equal(play([added('webauthn', { strong: true })], weaker).step, 'signed-in');
    const gaveUp = play([skipped], led);
    assert.ok(gaveUp.step === 'stronger-needed' && gaveUp.why === 'not-set-up');
    assert.equal(play([{ kind: 'back' }], gaveUp).step, 'enrol');
    const impossible = play([accepted(['totp'], { ...DONE_PLAN, demand: 'impossible' }), proved('totp')]);
    assert.ok(impossible.step === 'stronger-needed' && impossible.why === 'not-allowed');
  });

  test('begins anew, with a word of why, when another window did the step', () => {
    const used = play([accepted(['backup-code'], DONE_PLAN), proved('backup-code', { usedUp: true })]);
    assert.deepEqual(play([{ kind: 'overtaken' }], used), {
      step: 'password',
      loginName: 'Anna',
      problem: { kind: 'elsewhere' },
    });
  });
});

test('an account that is closed meanwhile is blocked at every step behind the password, and only by its own name', () => {
  const steps: SignInFlow[] = [
    play([accepted(['totp'])]),
    play([accepted([])]),
    play([accepted([]), added('sms'), skipped, skipped]),
    play([accepted([]), added('sms'), skipped, skipped, kept]),
    play([accepted([]), added('sms'), skipped, skipped, kept, saved('a@example.org')]),
  ];
  for (const flow of steps) {
    assert.equal(next(flow, { kind: 'account-disabled', accountId: 'anna' })?.step, 'blocked');
    assert.equal(next(flow, { kind: 'account-disabled', accountId: 'bert' }), undefined);
  }
});

test('starting over leads from every step but the end to an empty password page', () => {
  for (const list of [[accepted([])], [accepted(['totp'])], [accepted([]), added('sms'), skipped, skipped]]) {
    assert.deepEqual(next(play(list), { kind: 'start-over' }), { step: 'password', loginName: '' });
  }
});
