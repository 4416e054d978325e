import type { Clock } from '#src/clock.ts';
import { allowedMethods } from '#src/enrolment/policy.ts';
import type { EnrolmentStore } from '#src/enrolment/ports.ts';
import type { FactorMethod } from './factor.ts';
import type { FlowAt, SignInFlow } from './flow-state.ts';
import type { SendEmailCode } from './send-email-code.ts';
import { type SendSignInCode, sendProblem } from './send-sign-in-code.ts';
import type { Turn } from './turn.ts';

interface Parts {
  methods: readonly FactorMethod[];
  enrolments: Pick<EnrolmentStore, 'finish'>;
  /** A new backup code in the form that the tenant wants. */
  newBackupCode(at: Turn): string;
  sendEmailCode: SendEmailCode;
  sendSignInCode: SendSignInCode;
  clock: Clock;
}

/** Methods on a page that a tenant allows. */
export function methodsOnPage<Method extends FactorMethod>(
  at: Pick<Turn, 'tenant'>,
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
  const { methods, clock } = parts;

  const secondStep = async (at: Turn, flow: FlowAt<'second-step'>): Promise<SignInFlow> => {
    if (flow.sent !== undefined || flow.problem !== undefined) return flow;
    const outcome = await parts.sendSignInCode(at, flow);
    if (outcome === undefined) return flow;
    if (outcome.kind === 'sent') return { ...flow, sent: { ...outcome.sent, again: false } };
    return { ...flow, problem: sendProblem(flow.method, outcome) };
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
