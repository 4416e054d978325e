import type { Account } from '#src/account/account.ts';
import type { SignInEvents } from '#src/events.ts';
import type { CodeChannel, FactorMethod, SetUpMethod, Typed } from '#src/sign-in/factor.ts';
import type { FlowAt, SignInFlow } from '#src/sign-in/flow-state.ts';
import type { PlanSignIn } from '#src/sign-in/plan-sign-in.ts';
import { methodsOnPage } from '#src/sign-in/prepare-step.ts';
import { requestResult, sendProblem } from '#src/sign-in/send-sign-in-code.ts';
import { noWay, proofOf } from '#src/sign-in/sign-in.ts';
import { next } from '#src/sign-in/sign-in-flow.ts';
import { methodContext, type Turn } from '#src/sign-in/turn.ts';
import type { Judged, Turns } from '#src/sign-in/turns.ts';
import type { EnrolFactor } from './enrol-factor.ts';
import { enrolStep, isPageDone } from './plan.ts';
import { policyOf } from './policy.ts';
import type { EnrolmentStore } from './ports.ts';

interface Parts {
  turns: Turns;
  enrolFactor: EnrolFactor;
  planSignIn: PlanSignIn;
  enrolments: Pick<EnrolmentStore, 'skip'>;
  /** Tells the person on every channel they proved that a method was added (ground rule 7). */
  tellAdded(at: Turn, accountId: string): void;
  methods: readonly FactorMethod[];
  events: SignInEvents;
  clock: { now(): number };
}

type EnrolFlow = FlowAt<'enrol'>;
type Settable = FactorMethod & { setUp: SetUpMethod };

/** data-step of the page of a step. */
function nameOf(flow: FlowAt<'enrol' | 'confirm-email' | 'stronger-needed'>): string {
  return flow.step === 'enrol' ? enrolStep(flow.page) : flow.step;
}

function isSettable(method: FactorMethod | undefined): method is Settable {
  return method?.setUp !== undefined;
}

/** The pages on which a person sets up methods (R7–R12), turn by turn. */
export function createSetUpTurns(parts: Parts) {
  const { turns, methods, events, clock } = parts;

  const methodOf = (kind: string) => methods.find((method) => method.kind === kind);

  const methodAt = (at: Turn, flow: EnrolFlow, kind: string): Settable | undefined => {
    const method = methodsOnPage(at, methods, flow.page).find((candidate) => candidate.kind === kind);
    return isSettable(method) ? method : undefined;
  };

  const request = async (
    at: Turn,
    flow: EnrolFlow,
    method: Settable,
    asked: { phone: string | undefined; channel: CodeChannel },
  ): Promise<Judged> => {
    const { accountId } = flow;
    const context = methodContext(at, flow, clock.now());
    const outcome = await method.setUp.request?.(context, asked, flow.pending[method.kind]);
    if (outcome === undefined) return undefined;
    const about = { account: accountId, method: method.kind };
    events.codeRequested(at, { ...about, ...requestResult(outcome) });
    if (outcome.kind !== 'sent') {
      return { kind: 'refused', problem: sendProblem(method.kind, outcome), typedPhone: asked.phone };
    }
    const again = flow.sent !== undefined;
    const pending = { method: method.kind, data: outcome.pending };
    return { kind: 'code-sent', sent: { ...outcome.sent, again }, pending };
  };

  /** Whether a page has what it asks for once `kind` was added: the tenant or the application may insist on another. */
  const completesPage = (at: Turn, flow: EnrolFlow, kind: string): boolean => {
    const policy = policyOf(at.tenant.settings, methods);
    const entry = policy.pages.find(({ page }) => page === flow.page);
    if (entry === undefined) return true;
    const strong = methods.filter((method) => method.phishingResistant).map((method) => method.kind);
    const demanded = flow.plan.demand === 'set-up' ? strong : [];
    return isPageDone(entry, [kind], [...policy.required, ...demanded]);
  };

  const prove = async (
    at: Turn,
    { flow, account, method }: { flow: EnrolFlow; account: Account; method: Settable },
    typed: Typed,
  ): Promise<Judged> => {
    const { accountId } = flow;
    const context = methodContext(at, flow, clock.now());
    const pending = flow.pending[method.kind];
    const proved = flow.proofs.length > 0;
    const answer = await parts.enrolFactor({ context, method, pending, typed, proved });
    switch (answer.kind) {
      case 'wait':
        return { kind: 'refused', problem: { kind: 'wait', until: answer.until } };
      case 'refused': {
        const { reason } = answer;
        events.setUpRefused(at, { account: accountId, method: method.kind, reason });
        return { kind: 'refused', problem: { kind: 'refused', method: method.kind, reason } };
      }
      case 'exists': {
        const planned = await parts.planSignIn(at, account);
        if (planned.kind !== 'planned') return noWay(accountId, planned);
        return { kind: 'factor-exists', accountId, methods: planned.methods, plan: planned.plan };
      }
      case 'added': {
        events.methodEnrolled(at, { account: accountId, method: method.kind });
        // Once: behind one proof nobody is to send messages without end.
        if (flow.plan.returns && flow.proofs.length === 1) parts.tellAdded(at, accountId);
        // What a spare opened is as strong as the spare: a key set up behind it counts from the next sign-in on (R14).
        const bySpare = flow.proofs.some((proof) => methodOf(proof.method)?.setUp === undefined);
        const phishingResistant = answer.proof.phishingResistant && !bySpare;
        const proof = proofOf(method.kind, { ...answer.proof, phishingResistant }, clock.now());
        const pageDone = completesPage(at, flow, method.kind);
        return { kind: 'method-added', accountId, page: flow.page, proof, pageDone };
      }
    }
  };

  /** A page that was really left is remembered, so that a sign-in that is broken off does not ask it again (R16). */
  const skip = async (at: Turn, flow: EnrolFlow): Promise<Judged> => {
    const following = next(flow, { kind: 'skipped' });
    const stays = following === undefined || (following.step === 'enrol' && following.page === flow.page);
    if (!stays && following.step !== 'stronger-needed' && !flow.plan.done.includes(flow.page)) {
      await parts.enrolments.skip(at.tenantId, flow.accountId, flow.page);
      events.pageSkipped(at, { account: flow.accountId, page: flow.page });
    }
    return { kind: 'skipped' };
  };

  return {
    /** What a form of a page brought: a number to send a code to, or a proof. */
    submit: (
      at: Turn,
      { kind, channel, typed }: { kind: string; channel?: CodeChannel | undefined; typed: Typed },
    ): Promise<SignInFlow> =>
      turns.turnAt(at, ['enrol'], async (flow, account) => {
        const method = methodAt(at, flow, kind);
        if (method === undefined) return undefined;
        const { phone } = typed;
        if (phone === undefined) return prove(at, { flow, account, method }, typed);
        const [usual = 'sms'] = method.channels(at.tenant);
        return request(at, flow, method, { phone, channel: channel ?? usual });
      }),
    /** The code of a set-up once more, perhaps another way. */
    sendCode: (at: Turn, channel: CodeChannel): Promise<SignInFlow> =>
      turns.turnAt(at, ['enrol'], async (flow) => {
        const method = methodsOnPage(at, methods, flow.page)
          .filter(isSettable)
          .find(({ kind, setUp }) => setUp.request !== undefined && flow.pending[kind] !== undefined);
        if (method === undefined || !method.channels(at.tenant).includes(channel)) return undefined;
        return request(at, flow, method, { phone: undefined, channel });
      }),
    /** Begins the page's set-up anew: another number, another key. */
    renew: (at: Turn): Promise<SignInFlow> =>
      turns.turnAt(at, ['enrol'], async () => ({ kind: 'set-up-renewed' })),
    /** `from` is the step that the button stood on, where it says so: a second press comes to another one. */
    skip: (at: Turn, from?: string): Promise<SignInFlow> =>
      turns.turnAt(at, ['enrol', 'confirm-email'], async (flow) => {
        if (from !== undefined && from !== nameOf(flow)) return undefined;
        return flow.step === 'enrol' ? skip(at, flow) : { kind: 'skipped' };
      }),
    back: (at: Turn, from?: string): Promise<SignInFlow> =>
      turns.turnAt(at, ['enrol', 'stronger-needed'], async (flow) =>
        from !== undefined && from !== nameOf(flow) ? undefined : { kind: 'back' },
      ),
  };
}

export type SetUpTurns = ReturnType<typeof createSetUpTurns>;
