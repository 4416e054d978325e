import { z } from 'zod';

/*
 * One sign-in as a pure state machine (ground rule 1). Handlers report what happened; next() alone decides the
 * step. An event that does not belong to the step changes nothing, so no request can jump ahead.
 *
 *            password-refused            code-refused                code-refused
 *              ┌──────┐                    ┌──────┐                    ┌──────┐
 *              ▼      │                    ▼      │                    ▼      │
 *   start ─▶ password ┴─ password-accepted ─▶ second-step ─ factor-proved ─▶ signed-in
 *              │      │                         ▲                              ▲
 *              │      └─ password-accepted,     │ factor-exists                │
 *              │         no factor yet ──────▶ enrol ───── factor-proved ──────┘
 *              └─ account-disabled ─▶ blocked
 *
 *   account-disabled leads from enrol and second-step to blocked as well: the help desk may close an account meanwhile.
 *   start-over leads from password, enrol, second-step and blocked back to password.
 */

/** Why the step is shown again; texts are the page's. `until` is in milliseconds since the epoch. */
const problemSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('wrong') }),
  z.strictObject({ kind: z.literal('empty-name') }),
  z.strictObject({ kind: z.literal('empty-password') }),
  z.strictObject({ kind: z.literal('empty-code') }),
  z.strictObject({ kind: z.literal('malformed') }),
  z.strictObject({ kind: z.literal('wait'), until: z.number() }),
]);
export type Problem = z.infer<typeof problemSchema>;

const subject = { accountId: z.string(), loginName: z.string() };

/** The stored shape of a flow; it is sealed at rest because it carries what people type and a seed. */
export const signInFlowSchema = z.discriminatedUnion('step', [
  z.strictObject({ step: z.literal('password'), loginName: z.string(), problem: problemSchema.optional() }),
  z.strictObject({
    step: z.literal('enrol'),
    ...subject,
    method: z.string(),
    pending: z.strictObject({ data: z.string() }),
    problem: problemSchema.optional(),
  }),
  z.strictObject({
    step: z.literal('second-step'),
    ...subject,
    /** Kinds of the person's methods, the one to ask first in front (R18). */
    methods: z.array(z.string()).min(1),
    method: z.string(),
    problem: problemSchema.optional(),
  }),
  z.strictObject({ step: z.literal('blocked') }),
  z.strictObject({
    step: z.literal('signed-in'),
    accountId: z.string(),
    /** Kind of the method that was proved. */
    method: z.string(),
    /** Milliseconds since the epoch. */
    at: z.number(),
  }),
]);
export type SignInFlow = z.infer<typeof signInFlowSchema>;
export type SignInStep = SignInFlow['step'];

export type SignInEvent =
  | { kind: 'password-refused'; loginName: string; problem: Problem }
  | {
      kind: 'password-accepted';
      accountId: string;
      loginName: string;
      /** Kinds of the methods the person has, last used first; empty on a first sign-in. */
      methods: string[];
      /** What a first sign-in sets up. */
      setUp: { method: string; pending: { data: string } };
    }
  | { kind: 'account-disabled'; accountId: string }
  | { kind: 'code-refused'; problem: Problem }
  /** The person set up a method meanwhile, in another browser. */
  | { kind: 'factor-exists'; accountId: string; methods: string[] }
  | { kind: 'factor-proved'; accountId: string; method: string; at: number }
  | { kind: 'start-over' };

/** Where every sign-in begins; `loginName` may come from a login_hint. */
export function startFlow(loginName = ''): SignInFlow {
  return { step: 'password', loginName };
}

function afterPassword(event: Extract<SignInEvent, { kind: 'password-accepted' }>): SignInFlow {
  const { accountId, loginName, methods, setUp } = event;
  const [method] = methods;
  return method === undefined
    ? { step: 'enrol', accountId, loginName, method: setUp.method, pending: setUp.pending }
    : { step: 'second-step', accountId, loginName, methods, method };
}

function fromPassword(event: SignInEvent): SignInFlow | undefined {
  switch (event.kind) {
    case 'password-refused':
      return { step: 'password', loginName: event.loginName, problem: event.problem };
    case 'password-accepted':
      return afterPassword(event);
    case 'account-disabled':
      return { step: 'blocked' };
    default:
      return undefined;
  }
}

/** Whether what is told of a person is told of the one whose password this flow has seen. */
function isAbout(flow: { accountId: string }, event: { accountId: string }): boolean {
  return flow.accountId === event.accountId;
}

function fromEnrol(flow: Extract<SignInFlow, { step: 'enrol' }>, event: SignInEvent): SignInFlow | undefined {
  switch (event.kind) {
    case 'code-refused':
      return { ...flow, problem: event.problem };
    case 'account-disabled':
      return isAbout(flow, event) ? { step: 'blocked' } : undefined;
    case 'factor-exists': {
      const [method] = event.methods;
      if (method === undefined || !isAbout(flow, event)) return undefined;
      const { accountId, loginName } = flow;
      return { step: 'second-step', accountId, loginName, methods: event.methods, method };
    }
    case 'factor-proved':
      return event.method === flow.method && isAbout(flow, event)
        ? { step: 'signed-in', accountId: flow.accountId, method: event.method, at: event.at }
        : undefined;
    default:
      return undefined;
  }
}

function fromSecondStep(
  flow: Extract<SignInFlow, { step: 'second-step' }>,
  event: SignInEvent,
): SignInFlow | undefined {
  switch (event.kind) {
    case 'code-refused':
      return { ...flow, problem: event.problem };
    case 'account-disabled':
      return isAbout(flow, event) ? { step: 'blocked' } : undefined;
    case 'factor-proved':
      return flow.methods.includes(event.method) && isAbout(flow, event)
        ? { step: 'signed-in', accountId: flow.accountId, method: event.method, at: event.at }
        : undefined;
    default:
      return undefined;
  }
}

/**
 * The flow after an event, or undefined when the event does not belong to this step: the caller then shows the
 * step the flow is really at. Pure; the only way to `signed-in` is an accepted password followed by a proved
 * second step (R6, ASVS 2.3.1, 6.3.3).
 */
export function next(flow: SignInFlow, event: SignInEvent): SignInFlow | undefined {
  if (event.kind === 'start-over') return flow.step === 'signed-in' ? undefined : startFlow();
  switch (flow.step) {
    case 'password':
      return fromPassword(event);
    case 'enrol':
      return fromEnrol(flow, event);
    case 'second-step':
      return fromSecondStep(flow, event);
    case 'blocked':
    case 'signed-in':
      return undefined;
  }
}
