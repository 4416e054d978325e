import type { Account } from '#src/account/account.ts';
import type { AccountStore } from '#src/account/ports.ts';
import { AppError } from '#src/errors.ts';
import type { SignInEvents } from '#src/events.ts';
import type { FlowKeeper, KeptFlow } from './flow-keeper.ts';
import type { FlowAt, SignInFlow, SignInStep } from './flow-state.ts';
import { next, type SignInEvent } from './sign-in-flow.ts';
import type { StandingProofs } from './standing-proofs.ts';
import type { Turn } from './turn.ts';

/** What a turn judged: what happened, or undefined when the input does not belong to the step. */
export type Judged = SignInEvent | undefined;

export interface TurnsParts {
  keeper: FlowKeeper;
  accounts: Pick<AccountStore, 'findById'>;
  proofsStand: StandingProofs;
  /** Makes a step ready that was just reached: sends its code, makes its key. Changes no step. */
  prepare(at: Turn, flow: SignInFlow): Promise<SignInFlow>;
  events: Pick<SignInEvents, 'stepMisplaced'>;
}

/** How often a turn is saved anew over what other requests of its flow saved meanwhile; each beats one of them. */
const SAVE_TRIES = 20;

/** Events that give way to what another request of the flow saved first. */
const YIELDING: ReadonlySet<SignInEvent['kind']> = new Set([
  'password-refused',
  'refused',
  'first-sign-in-refused',
  'set-up-renewed',
  'overtaken',
]);

/** Events that mean something only where they were judged: two presses on one button must not answer two pages. */
const BOUND: ReadonlySet<SignInEvent['kind']> = new Set([
  'code-sent',
  'skipped',
  'back',
  'backup-code-kept',
  'first-sign-in-saved',
  'mail-sent',
  'email-proved',
  'email-change',
]);

/** What a page is about: its step and person, and which method, page or address. */
function placeOf(flow: SignInFlow): string {
  const person = 'accountId' in flow ? flow.accountId : undefined;
  const method = 'method' in flow ? flow.method : undefined;
  const page = 'page' in flow ? flow.page : undefined;
  const email = 'email' in flow ? flow.email : undefined;
  return JSON.stringify([flow.step, person, method, page, email]);
}

/**
 * What the step that lost a race had sent, told to the one that won: both are the same step of the same person, and the
 * winner was refused a message because this one had just left.
 */
function sentMeanwhile(lost: SignInFlow, won: SignInFlow): SignInEvent | undefined {
  if (lost.step === 'second-step' && won.step === 'second-step' && lost.sent && !won.sent) {
    const same = lost.accountId === won.accountId && lost.method === won.method;
    return same ? { kind: 'code-sent', sent: lost.sent } : undefined;
  }
  if (lost.step === 'confirm-email' && won.step === 'confirm-email' && lost.mail && !won.mail) {
    const same = lost.accountId === won.accountId && lost.email === won.email;
    return same ? { kind: 'mail-sent', mail: lost.mail } : undefined;
  }
  return undefined;
}

/** A step that is reached anew over what others saved: what it had sent the first time is on its way already. */
function withSent(lost: SignInFlow | undefined, following: SignInFlow): SignInFlow {
  const sent = lost && sentMeanwhile(lost, following);
  return (sent && next(following, sent)) ?? following;
}

/** Steps behind the password, where a person is known. */
type PersonStep = Exclude<SignInStep, 'password' | 'blocked' | 'signed-in'>;

function isAt<Step extends SignInStep>(flow: SignInFlow, steps: readonly Step[]): flow is FlowAt<Step> {
  return steps.some((step) => step === flow.step);
}

/**
 * The turns of a sign-in: load the flow, let somebody judge what came, ask next() for the step, make it ready, save
 * it. Resolves to the flow as it then stands. When two requests of one flow race, a refusal gives way to what was saved
 * first; what was earned or asked for is applied to it, so that the loser of a double click takes nothing from the
 * winner.
 */
export function createTurns({ keeper, accounts, proofsStand, prepare, events }: TurnsParts) {
  const load = (at: Turn) => keeper.load(at.tenantId, at.interaction, at.loginHint);

  const save = async (at: Turn, kept: KeptFlow, judged: SignInEvent): Promise<SignInFlow> => {
    let current = kept;
    let event = judged;
    let place = placeOf(kept.flow);
    let lost: SignInFlow | undefined;
    for (let tries = 0; tries < SAVE_TRIES; tries += 1) {
      const following = next(current.flow, event);
      if (following === undefined) return current.flow;
      const ready = await prepare(at, withSent(lost, following));
      if (await keeper.save(at.tenantId, at.interaction, ready, current.version)) return ready;
      lost = ready;
      current = await load(at);
      const here = placeOf(current.flow);
      if (YIELDING.has(event.kind) || (BOUND.has(event.kind) && here !== place)) return current.flow;
      const sent = sentMeanwhile(ready, current.flow);
      if (sent === undefined) continue;
      event = sent;
      place = here;
    }
    throw new AppError('flow-conflict', 503, 'a sign-in was changed by others all the time', {
      retryAfter: 1,
    });
  };

  const turn = async (at: Turn, act: (flow: SignInFlow) => Promise<Judged>): Promise<SignInFlow> => {
    const kept = await load(at);
    const event = await act(kept.flow);
    return event === undefined ? kept.flow : save(at, kept, event);
  };

  return {
    /** The flow as it stands. Reads only. */
    current: async (at: Turn): Promise<SignInFlow> => (await load(at)).flow,
    turn,
    /**
     * A turn that belongs to some steps behind the password. An account that was closed since, or lost the method that
     * was proved, is told first: nothing more is judged then. What belongs to another step changes nothing, and is
     * recorded.
     */
    turnAt: <Step extends PersonStep>(
      at: Turn,
      steps: readonly Step[],
      act: (flow: FlowAt<Step>, account: Account) => Promise<Judged>,
    ): Promise<SignInFlow> =>
      turn(at, async (flow) => {
        if (!('accountId' in flow) || !isAt(flow, steps)) {
          const account = 'accountId' in flow ? flow.accountId : undefined;
          events.stepMisplaced(at, { account, at: flow.step, meant: steps.join(' or ') });
          return undefined;
        }
        const { accountId }: { accountId: string } = flow;
        const account = await accounts.findById(at.tenantId, accountId);
        if (account === undefined || account.disabledAt !== undefined) {
          return { kind: 'account-disabled', accountId, why: 'closed' };
        }
        if (account.suspendedAt !== undefined)
          return { kind: 'account-disabled', accountId, why: 'reported' };
        const begun = 'begun' in flow ? flow.begun : undefined;
        // Begun with a password that is no more: whoever gave it may be the one it was changed because of.
        if (begun !== undefined && begun.since < (account.passwordChangedAt ?? 0))
          return { kind: 'overtaken' };
        const proofs = 'proofs' in flow ? flow.proofs : [];
        if (!(await proofsStand(at, accountId, proofs))) return { kind: 'overtaken' };
        return act(flow, account);
      }),
    /** Forgets a flow that was handed over. */
    finish: (at: Turn): Promise<void> => keeper.remove(at.tenantId, at.interaction),
  };
}

export type Turns = ReturnType<typeof createTurns>;
