import type { SignInEvents } from '#src/events.ts';
import type { CheckPassword } from './check-password.ts';
import type { CheckSecondStep } from './check-second-step.ts';
import type { CodeChannel, FactorMethod, Proof, Typed } from './factor.ts';
import type { FlowAt, FlowProof, PasswordProblem, SignInFlow } from './flow-state.ts';
import type { PlanSignIn } from './plan-sign-in.ts';
import { type SendSignInCode, sendProblem } from './send-sign-in-code.ts';
import { methodContext, type Turn } from './turn.ts';
import type { Judged, Turns } from './turns.ts';

interface Parts {
  turns: Turns;
  checkPassword: CheckPassword;
  checkSecondStep: CheckSecondStep;
  planSignIn: PlanSignIn;
  sendSignInCode: SendSignInCode;
  /** Every method there is, in the order they are offered. */
  methods: readonly FactorMethod[];
  /** Tells the person on every channel that a method was used up (R14). */
  usedUp(at: Turn, accountId: string): void;
  events: SignInEvents;
  clock: { now(): number };
}

/** A proof as the flow keeps it. */
export function proofOf(method: string, { amr, phishingResistant }: Proof, at: number): FlowProof {
  return { method, amr: [...amr], phishingResistant, at };
}

/**
 * Password and second step of one person's sign-in, turn by turn. Each method takes what was typed, lets the rules judge
 * it, and resolves to the flow as it then stands. Input for a step the flow is not at changes nothing.
 */
export function createSignIn(parts: Parts) {
  const { turns, methods, events, clock } = parts;
  const methodOf = (kind: string) => methods.find((method) => method.kind === kind);

  const judgePassword = async (at: Turn, loginName: string, password: string): Promise<Judged> => {
    const refused = (problem: PasswordProblem): Judged => ({ kind: 'password-refused', loginName, problem });
    if (loginName.trim() === '') return refused({ kind: 'empty-name' });
    if (password === '') return refused({ kind: 'empty-password' });
    const { tenantId, address } = at;
    const answer = await parts.checkPassword({ tenantId, loginName, password, address });
    const account = 'account' in answer ? { account: answer.account.id } : {};
    const outcome = answer.kind === 'accepted' ? 'success' : 'failure';
    events.passwordChecked(at, { outcome, reason: answer.kind, ...account });
    switch (answer.kind) {
      case 'refused':
        return refused({ kind: 'wrong' });
      case 'wait':
        return refused({ kind: 'wait', until: answer.until });
      case 'disabled':
        return { kind: 'account-disabled', accountId: answer.account.id };
      case 'accepted': {
        const { id, loginName: name } = answer.account;
        const planned = await parts.planSignIn(at, answer.account);
        if (planned.kind === 'unusable') {
          const reason = 'no method of this account is available here';
          events.secondStepChecked(at, { outcome: 'failure', reason, account: id, method: 'none' });
          return { kind: 'account-disabled', accountId: id };
        }
        const { methods: ways, plan } = planned;
        return { kind: 'password-accepted', accountId: id, loginName: name, methods: ways, plan };
      }
    }
  };

  const judgeCode = async (at: Turn, flow: FlowAt<'second-step'>, typed: Typed): Promise<Judged> => {
    const { accountId } = flow;
    const method = methodOf(flow.method);
    if (method === undefined) return undefined;
    const context = methodContext(at, flow, clock.now());
    const answer = await parts.checkSecondStep({ context, method, typed });
    const outcome = answer.kind === 'proved' ? 'success' : 'failure';
    const reason = answer.kind === 'refused' ? answer.reason : answer.kind;
    events.secondStepChecked(at, { outcome, reason, account: accountId, method: method.kind });
    switch (answer.kind) {
      case 'wait':
        return { kind: 'refused', problem: { kind: 'wait', until: answer.until } };
      case 'refused':
        return { kind: 'refused', problem: { kind: 'refused', method: method.kind, reason: answer.reason } };
      case 'proved': {
        // What is not set up on a page is a spare that is used up by one use.
        const usedUp = method.setUp === undefined;
        if (usedUp) parts.usedUp(at, accountId);
        const proof = proofOf(method.kind, answer.proof, clock.now());
        return { kind: 'factor-proved', accountId, proof, usedUp };
      }
    }
  };

  const sendAgain = async (at: Turn, flow: FlowAt<'second-step'>, channel: CodeChannel): Promise<Judged> => {
    const outcome = await parts.sendSignInCode(at, flow, channel);
    if (outcome === undefined) return undefined;
    if (outcome.kind !== 'sent') return { kind: 'refused', problem: sendProblem(flow.method, outcome) };
    return { kind: 'code-sent', sent: { ...outcome.sent, again: flow.sent !== undefined } };
  };

  return {
    current: turns.current,
    submitPassword: (at: Turn, typed: { loginName: string; password: string }): Promise<SignInFlow> =>
      turns.turn(at, async (flow) =>
        flow.step === 'password' ? judgePassword(at, typed.loginName, typed.password) : undefined,
      ),
    submitCode: (at: Turn, typed: Typed): Promise<SignInFlow> =>
      turns.turnAt(at, ['second-step'], (flow) => judgeCode(at, flow, typed)),
    sendCode: (at: Turn, channel: CodeChannel): Promise<SignInFlow> =>
      turns.turnAt(at, ['second-step'], (flow) => sendAgain(at, flow, channel)),
    /** Another way of the person's own; one that sends a code sends it now. */
    chooseMethod: (at: Turn, method: string): Promise<SignInFlow> =>
      turns.turnAt(at, ['second-step'], async () => ({ kind: 'method-chosen', method })),
    startOver: (at: Turn): Promise<SignInFlow> => turns.turn(at, async () => ({ kind: 'start-over' })),
    finish: turns.finish,
  };
}

export type SignIn = ReturnType<typeof createSignIn>;
