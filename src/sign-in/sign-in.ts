import type { LockoutEvents, SignInEvents } from '#src/events.ts';
import { type Lane, STRANGERS } from '#src/lockout/ports.ts';
import type { CheckPassword } from './check-password.ts';
import type { CheckSecondStep } from './check-second-step.ts';
import type { CodeChannel, FactorMethod, Proof, Typed } from './factor.ts';
import type { Block, FlowAt, FlowProof, PasswordProblem, SignInFlow } from './flow-state.ts';
import type { PlanSignIn, SignInPlan } from './plan-sign-in.ts';
import { type SendSignInCode, sendProblem } from './send-sign-in-code.ts';
import type { SignInEvent } from './sign-in-flow.ts';
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
  /** Tells the person that the right password was followed by wrong second steps. */
  guessed(at: Turn, accountId: string, times: number): void;
  lockout: Pick<LockoutEvents, 'laneBlocked'>;
  events: SignInEvents;
  clock: { now(): number };
}

/** What the first page brings. `shared`: others use this computer too. */
export interface TypedPassword {
  loginName: string;
  password: string;
  shared?: boolean | undefined;
}

/** A proof as the flow keeps it. */
export function proofOf(method: string, { amr, phishingResistant }: Proof, at: number): FlowProof {
  return { method, amr: [...amr], phishingResistant, at };
}

/** Wrong second steps in a row behind a right password of which the person is told: an old slip silences none of them. */
const GUESSED: ReadonlySet<number> = new Set([3, 10, 30]);

const BLOCK_OF = { disabled: 'closed', reported: 'reported', blocked: 'tries' } as const satisfies Record<
  string,
  Block
>;

type NoPlan = Exclude<SignInPlan, { kind: 'planned' }>;

/** What the log says of a person who has no way that can be asked. */
const NO_WAY = {
  unusable: 'no method of this account is available here',
  cooling: 'the only method of this account is a number that is too new',
} as const satisfies Record<NoPlan['kind'], string>;

/** What a person without any way that can be asked is told. */
export function noWay(accountId: string, plan: NoPlan): Extract<SignInEvent, { kind: 'account-disabled' }> {
  const disabled = { kind: 'account-disabled', accountId } as const;
  return plan.kind === 'cooling'
    ? { ...disabled, why: 'number-new', until: plan.until }
    : { ...disabled, why: 'closed' };
}

/**
 * Password and second step of one person's sign-in, turn by turn. Each method takes what was typed, lets the rules judge
 * it, and resolves to the flow as it then stands. Input for a step the flow is not at changes nothing.
 */
export function createSignIn(parts: Parts) {
  const { turns, methods, events, clock } = parts;
  const methodOf = (kind: string) => methods.find((method) => method.kind === kind);
  const tellClosed = (
    at: Turn,
    { account, lane, of }: { account: { id: string }; lane: Lane; of: 'password' | 'code' },
  ) => {
    const whose = lane === STRANGERS ? 'strangers' : 'own';
    parts.lockout.laneBlocked(at, { account: account.id, lane: whose, of });
  };

  const judgePassword = async (at: Turn, typed: TypedPassword): Promise<Judged> => {
    const { loginName, password, shared } = typed;
    const refused = (problem: PasswordProblem): Judged => ({
      kind: 'password-refused',
      loginName,
      shared,
      problem,
    });
    if (loginName.trim() === '') return refused({ kind: 'empty-name' });
    if (password === '') return refused({ kind: 'empty-password' });
    const { tenant, address, browser } = at;
    const answer = await parts.checkPassword({ tenant, loginName, password, address, browser });
    const about = 'about' in answer ? answer.about : { account: answer.account.id };
    const outcome = answer.kind === 'accepted' ? 'success' : 'failure';
    events.passwordChecked(at, { outcome, reason: answer.kind, ...about });
    switch (answer.kind) {
      case 'refused':
        if (answer.closed !== undefined) tellClosed(at, { ...answer.closed, of: 'password' });
        return refused({ kind: 'wrong' });
      case 'wait':
        return refused({ kind: 'wait', until: answer.until });
      case 'disabled':
      case 'reported':
      case 'blocked':
        return { kind: 'account-disabled', accountId: answer.account.id, why: BLOCK_OF[answer.kind] };
      case 'accepted': {
        const { id, loginName: name, passwordChangedAt = 0, recoveredAt } = answer.account;
        // As it was when the hash was read: a change while that was being computed is later.
        const begun = {
          ...{ lane: answer.lane, since: passwordChangedAt, at: clock.now() },
          ...(recoveredAt !== undefined && { recoveredAt }),
          ...((shared || at.shared) && { shared: true }),
        };
        const planned = await parts.planSignIn(at, answer.account);
        if (planned.kind !== 'planned') {
          const reason = NO_WAY[planned.kind];
          events.secondStepChecked(at, { outcome: 'failure', reason, account: id, method: 'none' });
          return noWay(id, planned);
        }
        const { methods: ways, plan } = planned;
        return { kind: 'password-accepted', accountId: id, loginName: name, begun, methods: ways, plan };
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
      case 'refused': {
        const { counted, reason: why } = answer;
        // Whoever has the password and not the second step: the person is to know.
        const times = counted?.codeFailures ?? 0;
        if (GUESSED.has(times)) parts.guessed(at, accountId, times);
        if (counted?.closed) {
          tellClosed(at, { account: { id: accountId }, lane: context.lane ?? STRANGERS, of: 'code' });
        }
        if (counted?.blocked) {
          return { kind: 'account-disabled', accountId, why: 'tries' };
        }
        return { kind: 'refused', problem: { kind: 'refused', method: method.kind, reason: why } };
      }
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
    submitPassword: (at: Turn, typed: TypedPassword): Promise<SignInFlow> =>
      turns.turn(at, async (flow) => (flow.step === 'password' ? judgePassword(at, typed) : undefined)),
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
