import type { AccountStore } from '#src/account/ports.ts';
import type { EnrolFactor } from '#src/enrolment/enrol-factor.ts';
import { AppError } from '#src/errors.ts';
import type { EventContext, SignInEvents } from '#src/events.ts';
import type { CheckPassword } from './check-password.ts';
import type { CheckSecondStep } from './check-second-step.ts';
import type { FactorMethod } from './factor.ts';
import type { FlowKeeper, KeptFlow } from './flow-keeper.ts';
import type { FactorStore } from './ports.ts';
import { next, type Problem, type SignInEvent, type SignInFlow } from './sign-in-flow.ts';

/** The request a turn belongs to. */
export type Turn = EventContext & { loginHint: string };

interface Parts {
  keeper: FlowKeeper;
  checkPassword: CheckPassword;
  checkSecondStep: CheckSecondStep;
  enrolFactor: EnrolFactor;
  accounts: Pick<AccountStore, 'findById'>;
  factors: FactorStore;
  /** Every method there is, in the order they are offered. */
  methods: readonly FactorMethod[];
  events: SignInEvents;
  clock: { now(): number };
}

/** How often a turn is saved anew over what other requests of its flow saved meanwhile; each beats one of them. */
const SAVE_TRIES = 20;

function codeProblem(answer: { kind: 'refused' | 'wait'; until?: number }, code: string): Problem {
  if (answer.kind === 'wait') return { kind: 'wait', until: answer.until ?? 0 };
  return code.trim() === '' ? { kind: 'empty-code' } : { kind: 'wrong' };
}

/**
 * One person's sign-in, turn by turn. Each method takes what was typed, lets the rules judge it, asks next() for
 * the step and saves it; it resolves to the flow as it then stands. Input for a step the flow is not at changes
 * nothing. When two requests of one flow race, a refusal gives way to what was saved first; what was earned or
 * asked for is applied to it, so that the loser of a double click takes nothing from the winner.
 */
export function createSignIn(parts: Parts) {
  const { keeper, factors, methods, events, clock } = parts;

  const turn = async (
    at: Turn,
    act: (flow: SignInFlow) => Promise<SignInEvent | undefined>,
  ): Promise<SignInFlow> => {
    const kept = await keeper.load(at.tenantId, at.interaction, at.loginHint);
    const event = await act(kept.flow);
    return event === undefined ? kept.flow : save(at, kept, event);
  };

  const save = async (at: Turn, kept: KeptFlow, event: SignInEvent): Promise<SignInFlow> => {
    const yields = event.kind === 'password-refused' || event.kind === 'code-refused';
    let current = kept;
    for (let tries = 0; tries < SAVE_TRIES; tries += 1) {
      const following = next(current.flow, event);
      if (following === undefined) return current.flow;
      if (await keeper.save(at.tenantId, at.interaction, following, current.version)) return following;
      current = await keeper.load(at.tenantId, at.interaction, at.loginHint);
      if (yields) return current.flow;
    }
    throw new AppError('flow-conflict', 503, 'a sign-in was changed by others all the time', {
      retryAfter: 1,
    });
  };

  const kindsOf = async (at: Turn, accountId: string): Promise<string[]> => {
    const owned = await factors.list(at.tenantId, accountId);
    return [...new Set(owned.map(({ kind }) => kind))];
  };

  const judgePassword = async (at: Turn, loginName: string, password: string): Promise<SignInEvent> => {
    const refused = (problem: Problem): SignInEvent => ({ kind: 'password-refused', loginName, problem });
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
        const [method] = methods;
        if (method === undefined) throw new Error('the registry of second-step methods is empty');
        const { id, loginName: name } = answer.account;
        const owned = await kindsOf(at, id);
        const setUp = { method: method.kind, pending: method.begin() };
        return { kind: 'password-accepted', accountId: id, loginName: name, methods: owned, setUp };
      }
    }
  };

  /** Set when the account was closed since its password was accepted: nothing more is judged then. */
  const closedSince = async (at: Turn, accountId: string): Promise<SignInEvent | undefined> => {
    const account = await parts.accounts.findById(at.tenantId, accountId);
    const open = account !== undefined && account.disabledAt === undefined;
    return open ? undefined : { kind: 'account-disabled', accountId };
  };

  const judgeCode = async (at: Turn, flow: SignInFlow, code: string): Promise<SignInEvent | undefined> => {
    if (flow.step !== 'second-step') return undefined;
    const method = methods.find(({ kind }) => kind === flow.method);
    if (method === undefined) return undefined;
    const { tenantId, address } = at;
    const { accountId } = flow;
    const closed = await closedSince(at, accountId);
    if (closed !== undefined) return closed;
    const answer = await parts.checkSecondStep({ tenantId, accountId, method, code, address });
    const outcome = answer.kind === 'proved' ? 'success' : 'failure';
    events.secondStepChecked(at, { outcome, reason: answer.kind, account: accountId, method: method.kind });
    return answer.kind === 'proved'
      ? { kind: 'factor-proved', accountId, method: method.kind, at: clock.now() }
      : { kind: 'code-refused', problem: codeProblem(answer, code) };
  };

  const judgeSetUp = async (at: Turn, flow: SignInFlow, code: string): Promise<SignInEvent | undefined> => {
    if (flow.step !== 'enrol') return undefined;
    const method = methods.find(({ kind }) => kind === flow.method);
    if (method === undefined) return undefined;
    const { accountId, pending } = flow;
    const closed = await closedSince(at, accountId);
    if (closed !== undefined) return closed;
    const answer = await parts.enrolFactor({
      tenantId: at.tenantId,
      accountId,
      method,
      pending,
      code,
      label: method.kind,
    });
    switch (answer.kind) {
      case 'refused':
        return { kind: 'code-refused', problem: codeProblem(answer, code) };
      case 'exists':
        return { kind: 'factor-exists', accountId, methods: await kindsOf(at, accountId) };
      case 'enrolled':
        events.methodEnrolled(at, { account: accountId, method: method.kind });
        return { kind: 'factor-proved', accountId, method: method.kind, at: clock.now() };
    }
  };

  return {
    /** The flow as it stands. Reads only. */
    current: async (at: Turn): Promise<SignInFlow> =>
      (await keeper.load(at.tenantId, at.interaction, at.loginHint)).flow,
    submitPassword: (at: Turn, typed: { loginName: string; password: string }): Promise<SignInFlow> =>
      turn(at, async (flow) =>
        flow.step === 'password' ? judgePassword(at, typed.loginName, typed.password) : undefined,
      ),
    submitCode: (at: Turn, code: string): Promise<SignInFlow> =>
      turn(at, (flow) => judgeCode(at, flow, code)),
    submitSetUp: (at: Turn, code: string): Promise<SignInFlow> =>
      turn(at, (flow) => judgeSetUp(at, flow, code)),
    startOver: (at: Turn): Promise<SignInFlow> => turn(at, async () => ({ kind: 'start-over' })),
    /** Forgets a flow that was handed over. */
    finish: (at: Turn): Promise<void> => keeper.remove(at.tenantId, at.interaction),
  };
}

export type SignIn = ReturnType<typeof createSignIn>;
