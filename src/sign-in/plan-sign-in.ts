import type { Account } from '#src/account/account.ts';
import type { Clock } from '#src/clock.ts';
import { type Demand, type Plan, planOf } from '#src/enrolment/plan.ts';
import { allowedMethods, policyOf } from '#src/enrolment/policy.ts';
import type { EnrolmentStore } from '#src/enrolment/ports.ts';
import { sortByCooling } from './cooling.ts';
import type { FactorMethod } from './factor.ts';
import type { Factor, FactorStore } from './ports.ts';
import type { Turn } from './turn.ts';

/** What a right password leads to. `methods`: kinds of the ways that the person has, the one to ask first in front. */
export type SignInPlan =
  | { kind: 'planned'; methods: string[]; plan: Plan }
  /** The person has methods, and this installation can do none of them: nobody may set up another in their place. */
  | { kind: 'unusable' }
  /** All that the person has is a number that is too new behind a recovery; `until` in milliseconds since the epoch. */
  | { kind: 'cooling'; until: number };

interface Parts {
  factors: Pick<FactorStore, 'list'>;
  enrolments: Pick<EnrolmentStore, 'load'>;
  /** Every method there is, in the order they are offered. */
  methods: readonly FactorMethod[];
  clock: Clock;
}

const kindsOf = (factors: readonly Pick<Factor, 'kind'>[]) => [...new Set(factors.map(({ kind }) => kind))];

/** The application's wish as a demand on the plan. */
function demandOf(at: Turn, allowed: readonly FactorMethod[]): Demand | undefined {
  if (!at.demand.demanded) return undefined;
  return { kinds: allowed.filter((method) => method.phishingResistant).map(({ kind }) => kind) };
}

/**
 * The ways in front of a person, best first: what this tenant allows, last used first (R18). Somebody who has only
 * methods that are not allowed any more proves one of those, and is led to set up another. An application that insists
 * on more gets only what meets it, once the person has such a method; one that merely prefers it has it asked first.
 */
function waysOf(at: Turn, owned: readonly FactorMethod[], allowed: readonly FactorMethod[]): FactorMethod[] {
  const still = owned.filter((method) => allowed.includes(method));
  const ways = still.length > 0 ? still : [...owned];
  const strong = ways.filter(({ phishingResistant }) => phishingResistant);
  if (at.demand.demanded && strong.length > 0) return strong;
  return at.demand.preferred ? [...strong, ...ways.filter((method) => !strong.includes(method))] : ways;
}

/** Finds out what lies in front of a person whose password was right: two queries side by side. */
export function createPlanSignIn({ factors, enrolments, methods, clock }: Parts) {
  const methodsOf = (owned: readonly Pick<Factor, 'kind'>[]): FactorMethod[] =>
    kindsOf(owned).flatMap((kind) => methods.filter((method) => method.kind === kind));

  return async (at: Turn, account: Account): Promise<SignInPlan> => {
    const { settings } = at.tenant;
    const [rows, record] = await Promise.all([
      factors.list(at.tenantId, account.id),
      enrolments.load(at.tenantId, account.id),
    ]);
    if (rows.length > 0 && methodsOf(rows).length === 0) return { kind: 'unusable' };

    const allowed = allowedMethods(settings, methods);
    const { email, emailVerified, recoveredAt } = account;
    // Also what proves nothing yet is set up: nobody may set up another in its place.
    const facts = { owned: kindsOf(rows), record, email, emailVerified };
    const plan = planOf(policyOf(settings, methods), facts, demandOf(at, allowed));

    const { proving, until } = sortByCooling(rows, recoveredAt, clock.now());
    const ways = waysOf(at, methodsOf(proving), allowed);
    const spare = methods.filter(({ setUp }) => setUp === undefined);
    // Never a way to what can't be phished, also not by the key that would be set up behind it.
    const hasSpare =
      record.backupCodeWorks && settings.secondStep.backupCode !== 'none' && !at.demand.demanded;
    const offered = rows.length > 0 && hasSpare ? [...ways, ...spare] : ways;
    if (offered.length === 0 && until !== undefined) return { kind: 'cooling', until };
    return { kind: 'planned', methods: offered.map(({ kind }) => kind), plan };
  };
}

export type PlanSignIn = ReturnType<typeof createPlanSignIn>;
