import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  next,
  type SignInEvent,
  type SignInFlow,
  signInFlowSchema,
  startFlow,
} from '#src/sign-in/sign-in-flow.ts';

const account = fc.constantFrom('anna', 'bert');
const kind = fc.constantFrom('totp', 'sms', 'passkey');
const kinds = fc.uniqueArray(kind, { maxLength: 3 });
const at = fc.nat();
const problem = fc.oneof(
  fc
    .constantFrom('wrong' as const, 'empty-name' as const, 'empty-code' as const)
    .map((name) => ({ kind: name })),
  at.map((until) => ({ kind: 'wait' as const, until })),
);
const event: fc.Arbitrary<SignInEvent> = fc.oneof(
  fc.record({ kind: fc.constant('password-refused' as const), loginName: fc.string(), problem }),
  fc.record({
    kind: fc.constant('password-accepted' as const),
    accountId: account,
    loginName: fc.string(),
    methods: kinds,
    setUp: fc.record({ method: kind, pending: fc.string().map((data) => ({ data })) }),
  }),
  fc.record({ kind: fc.constant('account-disabled' as const), accountId: account }),
  fc.record({ kind: fc.constant('code-refused' as const), problem }),
  fc.record({ kind: fc.constant('factor-exists' as const), accountId: account, methods: kinds }),
  fc.record({ kind: fc.constant('factor-proved' as const), accountId: account, method: kind, at }),
  fc.constant({ kind: 'start-over' as const }),
);
const events = fc.array(event, { maxLength: 25 });

/** Plays events as the handlers do: what next() refuses leaves the flow as it was. */
function play(list: readonly SignInEvent[]): SignInFlow {
  return list.reduce<SignInFlow>((flow, happened) => next(flow, happened) ?? flow, startFlow());
}

/** What a sign-in must have behind it, told without the states: who, by which methods, since the last start. */
class Witness {
  person: string | undefined;
  open = new Set<string>();
  proved: { accountId: string; method: string } | undefined;
  closed = false;
  enrolling = false;

  see(happened: SignInEvent): void {
    if (this.proved !== undefined) return;
    if (happened.kind === 'start-over') {
      this.person = undefined;
      this.open.clear();
      this.closed = false;
    }
    if (this.person === undefined && !this.closed) {
      if (happened.kind === 'account-disabled') this.closed = true;
      if (happened.kind === 'password-accepted') {
        this.person = happened.accountId;
        this.open = new Set(happened.methods.length > 0 ? happened.methods : [happened.setUp.method]);
        this.enrolling = happened.methods.length === 0;
      }
    } else if (!('accountId' in happened) || happened.accountId !== this.person) {
      return;
    } else if (happened.kind === 'account-disabled') {
      this.person = undefined;
      this.open.clear();
      this.closed = true;
    } else if (happened.kind === 'factor-exists' && this.enrolling && happened.methods.length > 0) {
      this.open = new Set(happened.methods);
      this.enrolling = false;
    } else if (happened.kind === 'factor-proved' && this.open.has(happened.method)) {
      this.proved = { accountId: happened.accountId, method: happened.method };
    }
  }
}

/** A flow at each step, reached by playing. */
const reached: Record<SignInFlow['step'], SignInFlow> = {
  password: startFlow('anna'),
  enrol: play([accepted([])]),
  'second-step': play([accepted(['totp', 'sms'])]),
  blocked: play([{ kind: 'account-disabled', accountId: 'anna' }]),
  'signed-in': play([
    accepted(['totp']),
    { kind: 'factor-proved', accountId: 'anna', method: 'totp', at: 5 },
  ]),
};

function accepted(methods: string[]): SignInEvent {
  const setUp = { method: 'totp', pending: { data: 'seed' } };
  return { kind: 'password-accepted', accountId: 'anna', loginName: 'Anna', methods, setUp };
}

/** Which events mean something at which step; all others are none of its business. */
const belongs: Record<SignInFlow['step'], readonly SignInEvent['kind'][]> = {
  password: ['password-refused', 'password-accepted', 'account-disabled', 'start-over'],
  enrol: ['code-refused', 'account-disabled', 'factor-exists', 'factor-proved', 'start-over'],
  'second-step': ['code-refused', 'account-disabled', 'factor-proved', 'start-over'],
  blocked: ['start-over'],
  'signed-in': [],
};

describe('the flow of a sign-in', () => {
  test('signed-in is reached exactly by an accepted password and then a proved method of that same person', () => {
    fc.assert(
      fc.property(events, (list) => {
        const witness = new Witness();
        for (const happened of list) witness.see(happened);
        const end = play(list);
        const proved =
          end.step === 'signed-in' ? { accountId: end.accountId, method: end.method } : undefined;
        assert.deepEqual(proved, witness.proved);
      }),
      { numRuns: 5_000 },
    );
  });

  test('an event of another step changes nothing', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(reached)), event, (flow, happened) => {
        if (belongs[flow.step].includes(happened.kind)) return;
        assert.equal(next(flow, happened), undefined);
      }),
    );
  });

  test('a finished sign-in stays finished, whatever comes after it', () => {
    fc.assert(
      fc.property(event, (happened) => assert.equal(next(reached['signed-in'], happened), undefined)),
    );
  });

  test('starting over forgets who had given the right password', () => {
    for (const step of ['enrol', 'second-step', 'blocked', 'password'] as const) {
      assert.deepEqual(next(reached[step], { kind: 'start-over' }), startFlow());
    }
  });

  test('a proof by a method that this person does not have changes nothing', () => {
    for (const step of ['enrol', 'second-step'] as const) {
      assert.equal(
        next(reached[step], { kind: 'factor-proved', accountId: 'anna', method: 'passkey', at: 1 }),
        undefined,
      );
    }
  });

  test('a proof of somebody else changes nothing', () => {
    for (const step of ['enrol', 'second-step'] as const) {
      const proved = { kind: 'factor-proved', accountId: 'bert', method: 'totp', at: 1 } as const;
      assert.equal(next(reached[step], proved), undefined);
    }
    const exists = { kind: 'factor-exists', accountId: 'bert', methods: ['sms'] } as const;
    assert.equal(next(reached.enrol, { ...exists, methods: ['sms'] }), undefined);
  });

  test('a method set up meanwhile in another browser is asked for; nothing is set up twice', () => {
    const flow = next(reached.enrol, { kind: 'factor-exists', accountId: 'anna', methods: ['sms', 'totp'] });
    assert.deepEqual(flow, {
      step: 'second-step',
      accountId: 'anna',
      loginName: 'Anna',
      methods: ['sms', 'totp'],
      method: 'sms',
    });
    assert.equal(next(reached.enrol, { kind: 'factor-exists', accountId: 'anna', methods: [] }), undefined);
  });

  test('no stored flow holds more than its step needs: the seed is gone once it is proved', () => {
    const done = next(reached.enrol, { kind: 'factor-proved', accountId: 'anna', method: 'totp', at: 7 });
    assert.deepEqual(done, { step: 'signed-in', accountId: 'anna', method: 'totp', at: 7 });
  });

  test('every flow comes back from its stored form as it was', () => {
    fc.assert(
      fc.property(events, (list) => {
        const flow = play(list);
        assert.deepEqual(signInFlowSchema.parse(JSON.parse(JSON.stringify(flow))), flow);
      }),
    );
  });

  test('a stored flow with anything unknown in it is refused', () => {
    assert.equal(signInFlowSchema.safeParse({ ...reached.enrol, admin: true }).success, false);
    assert.equal(signInFlowSchema.safeParse({ step: 'done' }).success, false);
    assert.equal(signInFlowSchema.safeParse({ ...reached['second-step'], methods: [] }).success, false);
  });
});
