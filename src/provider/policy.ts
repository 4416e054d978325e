import { interactionPolicy } from 'oidc-provider';

const { Check, base } = interactionPolicy;

/**
 * When a person is asked something: oidc-provider's own checks for sign-in and consent, plus one of ours. A
 * session whose account was disabled or removed is no session (ASVS 7.4.2).
 */
export function createPolicy(): interactionPolicy.Prompt[] {
  const policy = base();
  const login = policy.get('login');
  login?.checks.add(
    new Check('account_gone', 'End-User authentication is required', 'login_required', ({ oidc }) =>
      oidc.session?.accountId !== undefined && oidc.account === undefined
        ? Check.REQUEST_PROMPT
        : Check.NO_NEED_TO_PROMPT,
    ),
  );
  return policy;
}
