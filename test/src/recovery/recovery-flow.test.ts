import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  next,
  type Proved,
  type RecoveryEvent,
  type RecoveryFlow,
  recoveryFlowSchema,
  startRecovery,
} from '#src/recovery/recovery-flow.ts';

const proved = (linkId: string, purpose: Proved['purpose'] = 'reset'): Proved => ({
  accountId: 'anna',
  loginName: 'Anna',
  linkId,
  purpose,
  by: 'browser',
  until: 9,
  seen: {},
});

const linkId = fc.constantFrom('one', 'two');
const problem = fc.oneof(
  fc.constantFrom('empty' as const, 'malformed' as const, 'wrong' as const).map((kind) => ({ kind })),
  fc.nat().map((until) => ({ kind: 'wait' as const, until })),
);
const lost = fc.constantFrom('login-name' as const, 'password' as const);
const about = <Kind extends RecoveryEvent['kind']>(kind: Kind) => linkId.map((id) => ({ kind, linkId: id }));

/** Anything that a rule might report, at any moment. */
const event: fc.Arbitrary<RecoveryEvent> = fc.oneof(
  fc.record({ kind: fc.constant('asked' as const), lost, typed: fc.string(), at: fc.nat() }),
  fc.record({ kind: fc.constant('ask-refused' as const), lost, typed: fc.string(), problem }),
  fc.record({
    kind: fc.constant('code-refused' as const),
    typed: fc.option(fc.string(), { nil: undefined }),
    problem,
  }),
  fc.record({
    kind: fc.constant('spent' as const),
    proved: fc
      .tuple(linkId, fc.constantFrom('reset' as const, 'invitation' as const))
      .map(([id, purpose]) => proved(id, purpose)),
    question: fc.option(fc.constant('Hoe heette uw eerste huisdier?'), { nil: undefined }),
  }),
  fc.record({ kind: fc.constant('answer-refused' as const), linkId, problem }),
  about('answered'),
  fc.record({
    kind: fc.constant('password-refused' as const),
    linkId,
    faults: fc.constant(['too-short']),
  }),
  about('password-changed'),
  about('overtaken'),
);
const events = fc.array(event, { maxLength: 25 });

/** Plays events as the turns do: what next() refuses leaves the flow as it was. */
function play(list: readonly RecoveryEvent[], see?: (flow: RecoveryFlow, happened: RecoveryEvent) => void) {
  return list.reduce<RecoveryFlow>((flow, happened) => {
    const following = next(flow, happened) ?? flow;
    see?.(following, happened);
    return following;
  }, startRecovery());
}

describe('no order of events', () => {
  test('reaches the question or the password without a spent link or code, nor passes a question that is there', () => {
    fc.assert(
      fc.property(events, (list) => {
        let spent: { linkId: string; asks: boolean } | undefined;
        let answered = false;
        play(list, (flow, happened) => {
          if (happened.kind === 'spent') {
            const { purpose, linkId: id } = happened.proved;
            spent = { linkId: id, asks: purpose === 'reset' && happened.question !== undefined };
            answered = false;
          }
          if (happened.kind === 'asked') spent = undefined;
          if (happened.kind === 'answered' && happened.linkId === spent?.linkId) answered = true;
          if (flow.step === 'question') assert.equal(spent?.linkId, flow.linkId);
          if (flow.step === 'new-password') {
            assert.equal(spent?.linkId, flow.linkId);
            assert.ok(!spent?.asks || answered, 'the question was passed');
          }
        });
      }),
      { numRuns: 2000 },
    );
  });

  test('is done without a password that was accepted for the link that was spent', () => {
    fc.assert(
      fc.property(events, (list) => {
        let before: RecoveryFlow = startRecovery();
        play(list, (flow, happened) => {
          if (flow.step === 'done' && before.step !== 'done') {
            assert.equal(happened.kind, 'password-changed');
            assert.ok('linkId' in before && 'linkId' in happened && before.linkId === happened.linkId);
            assert.ok(before.step === 'new-password' || before.step === 'over');
          }
          before = flow;
        });
      }),
      { numRuns: 2000 },
    );
  });

  test('leads to a state that can not be kept', () => {
    fc.assert(
      fc.property(events, (list) => {
        const flow = play(list);
        const kept = recoveryFlowSchema.parse(JSON.parse(JSON.stringify(flow)));
        assert.equal(kept.step, flow.step);
      }),
    );
  });
});

describe('a recovery', () => {
  test('leads an invitation past the question', () => {
    const spent = { kind: 'spent', proved: proved('one', 'invitation'), question: 'Huisdier?' } as const;
    assert.equal(play([spent]).step, 'new-password');
  });

  test('goes back to sent from every step when a mail is asked for anew', () => {
    const asked = { kind: 'asked', lost: 'password', typed: 'anna', at: 1 } as const;
    const spent = { kind: 'spent', proved: proved('one'), question: 'Huisdier?' } as const;
    const answered = { kind: 'answered', linkId: 'one' } as const;
    const changed = { kind: 'password-changed', linkId: 'one' } as const;
    for (const list of [[], [spent], [spent, answered], [spent, answered, changed]]) {
      assert.equal(play([...list, asked]).step, 'sent');
    }
  });

  test('that was refused a mail keeps what was proved', () => {
    const spent = { kind: 'spent', proved: proved('one'), question: undefined } as const;
    const refused = {
      kind: 'ask-refused',
      lost: 'password',
      typed: 'someone',
      problem: { kind: 'wait', until: 9 },
    } as const;
    assert.equal(play([spent, refused]).step, 'new-password');
  });

  test('that was told to be over by its own other tab is done once that one is', () => {
    const spent = { kind: 'spent', proved: proved('one'), question: undefined } as const;
    const over = { kind: 'overtaken', linkId: 'one' } as const;
    assert.equal(play([spent, over, { kind: 'password-changed', linkId: 'two' }]).step, 'over');
    assert.equal(play([spent, over, { kind: 'password-changed', linkId: 'one' }]).step, 'done');
  });
});
