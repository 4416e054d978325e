import { interactionPolicy } from 'oidc-provider';
import { z } from 'zod';
import { outlivesPassword } from '#src/session/outlives-password.ts';
import { ACR_PHISHING_RESISTANT } from '#src/sign-in/assurance.ts';
import { meetsDemand } from '#src/sign-in/demand.ts';
import { demandOf } from './request-demand.ts';
import { factsIn } from './session-facts.ts';

const { Check, base } = interactionPolicy;

/** What findAccount tells of the last change of the password, beside what the library knows. */
const changeSchema = z.object({ passwordChangedAt: z.number(), keptSession: z.string().optional() });

/** A session whose account was disabled or removed is no session (ASVS 7.4.2). */
const accountGone = new Check(
  'account_gone',
  'End-User authentication is required',
  'login_required',
  ({ oidc }) =>
    oidc.session?.accountId !== undefined && oidc.account === undefined
      ? Check.REQUEST_PROMPT
      : Check.NO_NEED_TO_PROMPT,
);

/**
 * A session begun with a password that was set anew since: all were ended then, and this one slipped through. The one in
 * which its person did that goes on.
 */
const passwordChanged = new Check(
  'password_changed',
  'End-User authentication is required',
  'login_required',
  ({ oidc }) => {
    const { account, session } = oidc;
    const changed = changeSchema.safeParse(account);
    if (session?.loginTs === undefined || !changed.success) return Check.NO_NEED_TO_PROMPT;
    const { uid, loginTs, authorizations } = session;
    const { passwordSince } = factsIn(authorizations) ?? {};
    return outlivesPassword(changed.data, { uid, signedInAt: loginTs * 1000, passwordSince })
      ? Check.NO_NEED_TO_PROMPT
      : Check.REQUEST_PROMPT;
  },
);

/**
 * A session weaker than what is demanded leads to a sign-in. With prompt=none the application hears whether one would
 * help: `login_required`, or that here nobody can (OIDC Core Error Code unmet_authentication_requirements).
 */
function acrUnmet(acrValues: readonly string[]) {
  const reachable = acrValues.includes(ACR_PHISHING_RESISTANT);
  return new Check(
    'acr_unmet',
    reachable
      ? 'a phishing-resistant sign-in is required'
      : 'a phishing-resistant sign-in is not possible here',
    reachable ? 'login_required' : 'unmet_authentication_requirements',
    ({ oidc }) =>
      meetsDemand(oidc.session?.acr, demandOf(oidc.params ?? {}, oidc.client))
        ? Check.NO_NEED_TO_PROMPT
        : Check.REQUEST_PROMPT,
  );
}

/**
 * When a person is asked something: oidc-provider's own checks for sign-in and consent, and two of ours. Its checks of
 * `acr` go: they know no order of levels and no settings of clients, and are blind beside `acr_values`.
 */
export function createPolicy(acrValues: readonly string[]): interactionPolicy.Prompt[] {
  const policy = base();
  const login = policy.get('login');
  login?.checks.remove('essential_acrs');
  login?.checks.remove('essential_acr');
  // First: of several reasons prompt=none is answered with the first one.
  login?.checks.add(acrUnmet(acrValues), 0);
  login?.checks.add(accountGone);
  login?.checks.add(passwordChanged);
  return policy;
}
