import type { Clock } from '#src/clock.ts';
import type { SignInEvents } from '#src/events.ts';
import { sortByCooling } from './cooling.ts';
import type { CodeChannel, FactorMethod, SendOutcome } from './factor.ts';
import type { FlowAt, Problem } from './flow-state.ts';
import type { FactorStore } from './ports.ts';
import { methodContext, type Turn } from './turn.ts';

/** What came of asking for a code, as the log tells it. */
export function requestResult(outcome: {
  kind: string;
  reason?: string;
  sent?: { delivery?: string | undefined };
}) {
  const { kind, reason = kind, sent } = outcome;
  const message = sent?.delivery === undefined ? {} : { message: sent.delivery };
  return { outcome: kind === 'sent' ? 'success' : 'failure', reason, ...message } as const;
}

/** Why a code did not leave, as a problem of the step. */
export function sendProblem(method: string, outcome: Exclude<SendOutcome, { kind: 'sent' }>): Problem {
  return outcome.kind === 'wait'
    ? { kind: 'send-wait', until: outcome.until }
    : { kind: 'refused', method, reason: outcome.reason };
}

interface Parts {
  methods: readonly FactorMethod[];
  factors: Pick<FactorStore, 'list'>;
  events: Pick<SignInEvents, 'codeRequested'>;
  clock: Clock;
}

/**
 * Sends the code of the second step that a flow is at, by the usual channel unless one is named. Undefined when the
 * method sends none, or not by that channel. Every one is recorded.
 */
export function createSendSignInCode({ methods, factors, events, clock }: Parts) {
  return async (
    at: Turn,
    flow: FlowAt<'second-step'>,
    wished?: CodeChannel,
  ): Promise<SendOutcome | undefined> => {
    const method = methods.find(({ kind }) => kind === flow.method);
    if (method?.signIn.send === undefined) return undefined;
    const channels = method.channels(at.tenant);
    if (wished !== undefined && !channels.includes(wished)) return undefined;
    const channel = wished ?? channels[0] ?? 'sms';
    const context = methodContext(at, flow, clock.now());
    const owned = await factors.list(at.tenantId, flow.accountId);
    const { proving } = sortByCooling(owned, context.recoveredAt, context.now);
    const own = proving.filter(({ kind }) => kind === method.kind);
    const outcome = await method.signIn.send(context, own, channel);
    const about = { account: flow.accountId, method: method.kind };
    events.codeRequested(at, { ...about, ...requestResult(outcome) });
    return outcome;
  };
}

export type SendSignInCode = ReturnType<typeof createSendSignInCode>;
