import { errors } from 'oidc-provider';
import { keepAnswerableClaims } from './requested-claims.ts';

/**
 * Most characters of each parameter of an authorization request that is kept as it came: for an hour with an
 * interaction, which anybody can begin, or for a minute with a pushed request. `state` is as long as the addresses
 * that applications put into it; the others are longer than any that has a meaning. What is not here is off, or
 * bounded by then: compared with something registered, `scope` reduced to the scopes there are, `claims` to what is
 * answered (requested-claims.ts), and `id_token_hint` verified as a token that we signed ourselves.
 */
const LONGEST = {
  state: 2000,
  nonce: 1000,
  login_hint: 500,
  acr_values: 500,
  ui_locales: 200,
  claims_locales: 200,
  prompt: 200,
  display: 50,
  response_mode: 50,
  max_age: 20,
  code_challenge: 128,
  code_challenge_method: 20,
  dpop_jkt: 100,
} as const;

function bounded(name: string, most: number) {
  return (_ctx: unknown, value: string | undefined): void => {
    if (value === undefined || value.length <= most) return;
    const refusal = new errors.InvalidRequest(`${name} is longer than ${most} characters`);
    // The way back would carry the state, and the application may not take an address that long either.
    refusal.allow_redirect = false;
    throw refusal;
  };
}

/** Seconds in plain digits: oidc-provider reads every spelling that JavaScript knows, `1e9` and `0x10` too. */
function plainSeconds(ctx: unknown, value: string | undefined): void {
  bounded('max_age', LONGEST.max_age)(ctx, value);
  if (value === undefined || /^\d+$/.test(value)) return;
  throw new errors.InvalidRequest('max_age is no whole number of seconds');
}

/**
 * oidc-provider's `extraParams`: checks that run at the end of validation, before an interaction or a pushed request
 * is stored. They refuse with `invalid_request` on a page of ours, or as JSON where the request was pushed.
 */
export const requestBounds = {
  ...Object.fromEntries(Object.entries(LONGEST).map(([name, most]) => [name, bounded(name, most)])),
  max_age: plainSeconds,
  claims: keepAnswerableClaims,
};
