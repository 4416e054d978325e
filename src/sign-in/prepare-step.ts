import type { Clock } from '#src/clock.ts';
import { allowedMethods } from '#src/enrolment/policy.ts';
import type { EnrolmentStore } from '#src/enrolment/ports.ts';
import type { SignInEvents } from '#src/events.ts';
import type { FactorMethod, SendOutcome } from './factor.ts';
import type { FlowAt, Problem, SignInFlow } from './flow-state.ts';
import type { FactorStore } from './ports.ts';
import { methodContext, type Turn } from './turn.ts';

/** A mail with a code: on its way, or not; `againAt` in milliseconds since the epoch. */
export type MailOutcome =
  | { kind: 'sent'; againAt: number }
  | { kind: 'unavailable'; againAt: number }
  | { kind: 'wait'; until: number };

/** Mails a code that proves an address of the person. */
export type SendEmailCode = (
  at: Turn,
  person: { accountId: string; loginName: string },
  email: string,
) => Promise<MailOutcome>;

interface Parts {
  methods: readonly FactorMethod[];
  factors: Pick<FactorStore, 'list'>;
  enrolments: Pick<EnrolmentStore, 'finish'>;
  /** A new backup code in the form that the tenant wants. */
  newBackupCode(at: Turn): string;
  sendEmailCode: SendEmailCode;
  events: Pick<SignInEvents, 'codeRequested'>;
  clock: Clock;
}

/** What came of asking for a code, as the log tells it. */
export function requestResult(outcome: { kind: string; reason?: string }) {
  const { kind, reason = kind } = outcome;
  return { outcome: kind === 'sent' ? 'success' : 'failure', reason } as const;
}

/** Why a code did not leave, as a problem of the step. */
export function sendProblem(method: string, outcome: Exclude<SendOutcome, { kind: 'sent' }>): Problem {
  return outcome.kind === 'wait'
    ? { kind: 'send-wait', until: outcome.until }
    : { kind: 'refused', method, reason: outcome.reason };
}

/** Methods on a page that a tenant allows. */
export function methodsOnPage<Method extends FactorMethod>(
  at: Turn,
  methods: readonly Method[],
  page: string,
) {
  return allowedMethods(at.tenant.settings, methods).filter(({ setUp }) => setUp?.page === page);
}

/**
 * Makes a step ready in the very turn that reaches it: the code of the second step is sent, a new app gets its key, the
 * backup code is made. A step that is ready is left as it is, so that showing or reloading a page sends nothing.
 */
export function createPrepareStep(parts: Parts) {
  const { methods, factors, events, clock } = parts;

  const secondStep = async (at: Turn, flow: FlowAt<'second-step'>): Promise<SignInFlow> => {
    const method = methods.find(({ kind }) => kind === flow.method);
    const ready = flow.sent !== undefined || flow.problem !== undefined;
    if (method?.signIn.send === undefined || ready) return flow;
    const owned = (await factors.list(at.tenantId, flow.accountId)).filter(
      ({ kind }) => kind === method.kind,
    );
    const [channel = 'sms'] = method.channels(at.tenant);
    const outcome = await method.signIn.send(methodContext(at, flow, clock.now()), owned, channel);
    const about = { account: flow.accountId, method: method.kind };
    events.codeRequested(at, { ...about, ...requestResult(outcome) });
    if (outcome.kind === 'sent') return { ...flow, sent: { ...outcome.sent, again: false } };
    return { ...flow, problem: sendProblem(method.kind, outcome) };
  };

  const enrol = (at: Turn, flow: FlowAt<'enrol'>): SignInFlow => {
    const begun = methodsOnPage(at, methods, flow.page).flatMap(({ kind, setUp }) =>
      setUp?.begin === undefined || flow.pending[kind] !== undefined ? [] : [[kind, setUp.begin()] as const],
    );
    return begun.length === 0
      ? flow
      : { ...flow, pending: { ...flow.pending, ...Object.fromEntries(begun) } };
  };

  const confirmEmail = async (at: Turn, flow: FlowAt<'confirm-email'>): Promise<SignInFlow> => {
    // An address of an earlier sign-in gets its mail when asked for: who leaves it for later is not mailed each time.
    if (!flow.fresh || flow.mail !== undefined || flow.problem !== undefined) return flow;
    const outcome = await parts.sendEmailCode(at, flow, flow.email);
    if (outcome.kind === 'wait') return { ...flow, problem: { kind: 'send-wait', until: outcome.until } };
    return { ...flow, mail: { state: outcome.kind, againAt: outcome.againAt } };
  };

  return async (at: Turn, flow: SignInFlow): Promise<SignInFlow> => {
    switch (flow.step) {
      case 'second-step':
        return secondStep(at, flow);
      case 'enrol':
        return enrol(at, flow);
      case 'backup-code':
        return flow.code === undefined ? { ...flow, code: parts.newBackupCode(at) } : flow;
      case 'confirm-email':
        return confirmEmail(at, flow);
      case 'signed-in':
        if (flow.completes) await parts.enrolments.finish(at.tenantId, flow.accountId, clock.now());
        return flow;
      default:
        return flow;
    }
  };
}
