import { nextPage, type Plan, previousPage } from '#src/enrolment/plan.ts';
import { afterMethods, computerOf, enrolAt, firstSignIn, insideOf, onwards, personOf } from './flow-path.ts';
import type {
  Begun,
  Block,
  FieldProblems,
  FirstSignInTyped,
  FlowAt,
  FlowProof,
  PasswordProblem,
  Problem,
  SentCode,
  SignInFlow,
} from './flow-state.ts';

/*
 * One sign-in as a pure state machine (ground rule 1). Handlers report what happened; next() alone decides the
 * step. An event that does not belong to the step changes nothing, so no request can jump ahead.
 *
 *   start ─▶ password ── right, has a method ──▶ second-step ── proved ──┐
 *              │  ▲                                 ▲                    ▼
 *              │  └─ wrong                          │ exists         what the plan has left, in this order:
 *              ├─ right, has none yet ──▶ enrol ────┘ meanwhile          enrol (page by page) ─▶ backup-code
 *              │                            └── method added ──────▶     ─▶ first-sign-in ─▶ confirm-email
 *              └─ account closed, or only a number                       ─▶ signed-in
 *                 that is too new ─▶ blocked
 *
 *   stronger-needed stands in the way of signed-in while the application demands more than was proved.
 *   account-disabled leads from every step behind the password to blocked: the help desk may close an account meanwhile.
 *   start-over leads from every step but signed-in back to password.
 */

export type SignInEvent =
  /** `shared`: what was said of the computer, kept as chosen. */
  | { kind: 'password-refused'; loginName: string; shared?: boolean | undefined; problem: PasswordProblem }
  /** `methods`: the ways the person has, last used first; empty on a first sign-in. */
  | {
      kind: 'password-accepted';
      accountId: string;
      loginName: string;
      begun?: Begun | undefined;
      methods: string[];
      plan: Plan;
    }
  /** Nobody gets into the account now, or not from here: `why` is told, and until when where that is known. */
  | { kind: 'account-disabled'; accountId: string; why?: Block | undefined; until?: number | undefined }
  /** What was typed or asked was not accepted; the step stays. */
  | { kind: 'refused'; problem: Problem; typedPhone?: string | undefined }
  | { kind: 'method-chosen'; method: string }
  | { kind: 'code-sent'; sent: SentCode; pending?: { method: string; data: string } | undefined }
  /** `usedUp`: what was used can't be used again, and is to be renewed (a backup code). */
  | { kind: 'factor-proved'; accountId: string; proof: FlowProof; usedUp: boolean }
  /** The person set up a method meanwhile, in another browser. */
  | { kind: 'factor-exists'; accountId: string; methods: string[]; plan: Plan }
  /** `pageDone`: it is what its page asks for. */
  | { kind: 'method-added'; accountId: string; page: string; proof: FlowProof; pageDone: boolean }
  | { kind: 'set-up-renewed' }
  | { kind: 'skipped' }
  | { kind: 'back' }
  | { kind: 'backup-code-kept' }
  | { kind: 'first-sign-in-refused'; typed: FirstSignInTyped; problems: FieldProblems }
  /** `confirm`: the address that is still to be proved. */
  | { kind: 'first-sign-in-saved'; confirm: string | undefined }
  | { kind: 'mail-sent'; mail: NonNullable<FlowAt<'confirm-email'>['mail']> }
  | { kind: 'email-proved' }
  | { kind: 'email-change' }
  /** Another browser of the same person did this step meanwhile. */
  | { kind: 'overtaken' }
  | { kind: 'start-over' };

/** Where every sign-in begins; `loginName` may come from a login_hint. */
export function startFlow(loginName = ''): SignInFlow {
  return { step: 'password', loginName };
}

function blocked({ why, until }: Extract<SignInEvent, { kind: 'account-disabled' }>): SignInFlow {
  return { step: 'blocked', ...(why !== undefined && { why }), ...(until !== undefined && { until }) };
}

function afterPassword(event: Extract<SignInEvent, { kind: 'password-accepted' }>): SignInFlow {
  const { methods, plan } = event;
  const person = personOf(event);
  const [method] = methods;
  if (method !== undefined) return { step: 'second-step', ...person, methods, method, plan };
  const page = nextPage(plan) ?? plan.pages[0];
  // A tenant without any method to set up: nobody gets in by a password alone.
  if (page === undefined) return { step: 'blocked' };
  return enrolAt({ ...person, proofs: [], plan }, page, false);
}

function fromPassword(event: SignInEvent): SignInFlow | undefined {
  switch (event.kind) {
    case 'password-refused': {
      const { loginName, shared, problem } = event;
      return { step: 'password', loginName, ...(shared && { shared }), problem };
    }
    case 'password-accepted':
      return afterPassword(event);
    case 'account-disabled':
      return blocked(event);
    default:
      return undefined;
  }
}

function fromSecondStep(flow: FlowAt<'second-step'>, event: SignInEvent): SignInFlow | undefined {
  const { problem: _over, ...rest } = flow;
  const { plan, methods } = flow;
  const person = personOf(flow);
  switch (event.kind) {
    case 'refused':
      return { ...flow, problem: event.problem };
    case 'code-sent':
      return { ...rest, sent: event.sent };
    case 'method-chosen':
      if (!flow.methods.includes(event.method)) return undefined;
      // A second press of the button: what the first one had sent is under way.
      if (event.method === flow.method && flow.sent !== undefined) return undefined;
      return { step: 'second-step', ...person, plan, methods, method: event.method };
    case 'factor-proved': {
      if (!flow.methods.includes(event.proof.method) || event.accountId !== flow.accountId) return undefined;
      const renewed: Plan = event.usedUp ? { ...plan, backupCode: 'renewed' } : plan;
      return onwards({ ...person, proofs: [event.proof], plan: renewed });
    }
    default:
      return undefined;
  }
}

/** A page was skipped: on to the next, unless it is the last and nothing was chosen (R9), or it may not be missing. */
function afterSkip(flow: FlowAt<'enrol'>): SignInFlow {
  const { page, plan, proofs } = flow;
  const inside = insideOf(flow);
  if (plan.done.includes(page)) return onwardsOrStay(flow, plan);
  if (plan.required.includes(page)) {
    if (plan.demand !== 'set-up') return { ...flow, problem: { kind: 'required' } };
    return { step: 'stronger-needed', ...personOf(inside), proofs, plan, why: 'not-set-up' };
  }
  return onwardsOrStay(flow, { ...plan, skipped: [...new Set([...plan.skipped, page])] });
}

function onwardsOrStay(flow: FlowAt<'enrol'>, plan: Plan): SignInFlow {
  const last = nextPage(plan, flow.page) === undefined;
  // What was proved may be a method that the tenant forbids by now: one that it allows is then still to be chosen.
  const none = flow.proofs.length === 0 || plan.done.length === 0;
  if (last && none) return { ...flow, problem: { kind: 'none-chosen' } };
  return onwards({ ...insideOf(flow), plan }, { after: flow.page });
}

function afterAdding(
  flow: FlowAt<'enrol'>,
  event: Extract<SignInEvent, { kind: 'method-added' }>,
): SignInFlow | undefined {
  if (event.accountId !== flow.accountId) return undefined;
  const { page } = event;
  const proofs = [...flow.proofs, event.proof];
  const done = [...new Set([...flow.plan.done, page])];
  const skipped = flow.plan.skipped.filter((other) => other !== page);
  const plan = event.pageDone ? { ...flow.plan, done, skipped } : flow.plan;
  const inside = { ...insideOf(flow), proofs, plan };
  // In another window the person went on meanwhile: there they stay.
  if (page !== flow.page) return { ...flow, ...inside, works: true, problem: undefined };
  if (!event.pageDone) return enrolAt(inside, page, true);
  return onwards(inside, { after: page, works: true });
}

function fromEnrol(flow: FlowAt<'enrol'>, event: SignInEvent): SignInFlow | undefined {
  const { problem: _over, typedPhone: _typed, ...rest } = flow;
  switch (event.kind) {
    case 'refused':
      return { ...flow, problem: event.problem, typedPhone: event.typedPhone };
    case 'code-sent': {
      const { pending } = event;
      const all = pending === undefined ? flow.pending : { ...flow.pending, [pending.method]: pending.data };
      return { ...rest, pending: all, sent: event.sent };
    }
    case 'set-up-renewed':
      return enrolAt(insideOf(flow), flow.page, flow.works);
    case 'method-added':
      return afterAdding(flow, event);
    case 'factor-exists': {
      const { methods, plan } = event;
      const [method] = methods;
      // With a proof of this sign-in there is nothing to prove again.
      if (method === undefined || event.accountId !== flow.accountId || flow.proofs.length > 0) {
        return undefined;
      }
      return { step: 'second-step', ...personOf(flow), methods, method, plan };
    }
    case 'skipped':
      return afterSkip(flow);
    case 'back': {
      const page = previousPage(flow.plan, flow.page);
      return page === undefined ? undefined : enrolAt(insideOf(flow), page, false);
    }
    default:
      return undefined;
  }
}

function fromBackupCode(flow: FlowAt<'backup-code'>, event: SignInEvent): SignInFlow | undefined {
  const { problem: _over, ...rest } = flow;
  switch (event.kind) {
    case 'refused':
      return { ...flow, problem: event.problem };
    case 'code-sent':
      return { ...rest, sent: event.sent };
    case 'backup-code-kept':
      return afterMethods({ ...insideOf(flow), plan: { ...flow.plan, backupCode: 'no' } });
    default:
      return undefined;
  }
}

function fromFirstSignIn(flow: FlowAt<'first-sign-in'>, event: SignInEvent): SignInFlow | undefined {
  switch (event.kind) {
    case 'first-sign-in-refused':
      return { ...flow, typed: event.typed, problems: event.problems };
    case 'first-sign-in-saved': {
      const { asks: _asked, confirmEmail: _old, ...plan } = flow.plan;
      const confirm = event.confirm === undefined ? {} : { confirmEmail: event.confirm };
      return afterMethods({ ...insideOf(flow), plan: { ...plan, ...confirm } }, { fresh: true });
    }
    default:
      return undefined;
  }
}

function fromConfirmEmail(flow: FlowAt<'confirm-email'>, event: SignInEvent): SignInFlow | undefined {
  const { confirmEmail: _address, ...plan } = flow.plan;
  switch (event.kind) {
    case 'refused':
      return { ...flow, problem: event.problem };
    case 'mail-sent': {
      const { problem: _over, ...rest } = flow;
      return { ...rest, mail: event.mail };
    }
    case 'email-proved':
    case 'skipped':
      return afterMethods({ ...insideOf(flow), plan });
    case 'email-change':
      return firstSignIn({ ...insideOf(flow), plan: { ...flow.plan, asks: 'email' } });
    default:
      return undefined;
  }
}

function fromStrongerNeeded(flow: FlowAt<'stronger-needed'>, event: SignInEvent): SignInFlow | undefined {
  const page = flow.plan.required.find((required) => !flow.plan.done.includes(required));
  if (event.kind !== 'back' || flow.why !== 'not-set-up' || page === undefined) return undefined;
  return enrolAt(insideOf(flow), page, false);
}

function atStep(flow: SignInFlow, event: SignInEvent): SignInFlow | undefined {
  switch (flow.step) {
    case 'password':
      return fromPassword(event);
    case 'second-step':
      return fromSecondStep(flow, event);
    case 'enrol':
      return fromEnrol(flow, event);
    case 'backup-code':
      return fromBackupCode(flow, event);
    case 'first-sign-in':
      return fromFirstSignIn(flow, event);
    case 'confirm-email':
      return fromConfirmEmail(flow, event);
    case 'stronger-needed':
      return fromStrongerNeeded(flow, event);
    case 'blocked':
    case 'signed-in':
      return undefined;
  }
}

/**
 * The flow after an event, or undefined when the event does not belong to this step: the caller then shows the
 * step the flow is really at. Pure; the only way to `signed-in` is an accepted password followed by a proved
 * second step, and by what the application demands (R6, ASVS 2.3.1, 6.3.3).
 */
export function next(flow: SignInFlow, event: SignInEvent): SignInFlow | undefined {
  const open = flow.step !== 'signed-in';
  if (event.kind === 'start-over') return open ? { ...startFlow(), ...computerOf(flow) } : undefined;
  if ('accountId' in flow && event.kind === 'account-disabled') {
    return event.accountId === flow.accountId ? blocked(event) : undefined;
  }
  if ('loginName' in flow && 'accountId' in flow) {
    if (event.kind === 'overtaken') {
      const { loginName } = flow;
      return { step: 'password', loginName, ...computerOf(flow), problem: { kind: 'elsewhere' } };
    }
  }
  return atStep(flow, event);
}
