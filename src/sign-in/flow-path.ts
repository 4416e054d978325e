import { nextPage, type Plan } from '#src/enrolment/plan.ts';
import type { Begun, FlowProof, SignInFlow } from './flow-state.ts';

/** Who is behind the password, what was proved, and what is left to do. */
export interface Inside {
  accountId: string;
  loginName: string;
  begun?: Begun | undefined;
  proofs: FlowProof[];
  plan: Plan;
}

/** Who a flow is about, as every step carries it on. */
export const personOf = ({ accountId, loginName, begun }: Omit<Inside, 'proofs' | 'plan'>) => ({
  accountId,
  loginName,
  ...(begun !== undefined && { begun }),
});

/** A step's part that every step behind the second one has. */
export const insideOf = ({ proofs, plan, ...person }: Inside) => ({ ...personOf(person), proofs, plan });

/** What was said of the computer stays said, whoever begins anew at it. */
export function computerOf(flow: SignInFlow): { shared?: true } {
  const begun = 'begun' in flow ? flow.begun : undefined;
  const shared = flow.step === 'password' ? flow.shared : begun?.shared;
  return shared ? { shared } : {};
}

/** A page of methods. */
export function enrolAt(inside: Inside, page: string, works: boolean): SignInFlow {
  return { step: 'enrol', ...insideOf(inside), page, pending: {}, works };
}

/** What is left behind the pages of methods. The only door to `signed-in`: it does not open without a proof. */
export function afterMethods(inside: Inside, { fresh = false } = {}): SignInFlow {
  const { proofs, plan } = inside;
  const person = personOf(inside);
  if (proofs.length === 0) throw new Error('a sign-in got past its second step without a proof');
  const strong = proofs.some(({ phishingResistant }) => phishingResistant);
  if (plan.demand !== 'none' && !strong) {
    const why = plan.demand === 'impossible' ? 'not-allowed' : 'not-set-up';
    return { step: 'stronger-needed', ...person, proofs, plan, why };
  }
  if (plan.backupCode !== 'no') return { step: 'backup-code', ...insideOf(inside) };
  if (plan.asks !== undefined) return firstSignIn(inside);
  if (plan.confirmEmail !== undefined) {
    return { step: 'confirm-email', ...insideOf(inside), email: plan.confirmEmail, fresh };
  }
  const { loginName: _known, ...who } = person;
  return { step: 'signed-in', ...who, proofs, completes: plan.completes };
}

/** The page of the very first sign-in. */
export function firstSignIn(inside: Inside): SignInFlow {
  const typed = { question: '', answer: '', email: inside.plan.email ?? '' };
  return { step: 'first-sign-in', ...insideOf(inside), typed, problems: {} };
}

/** Goes on behind a page, or from the first unfinished one. */
export function onwards(
  inside: Inside,
  { after, works = false }: { after?: string; works?: boolean } = {},
): SignInFlow {
  const page = nextPage(inside.plan, after);
  return page === undefined ? afterMethods(inside) : enrolAt(inside, page, works);
}
