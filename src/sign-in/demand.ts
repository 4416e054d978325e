import { ACR_MFA, ACR_PHISHING_RESISTANT } from './assurance.ts';

/** The levels there are, the weaker first; a sign-in that reaches one has all that the ones before it ask. */
export const ACR_LEVELS = [ACR_MFA, ACR_PHISHING_RESISTANT] as const;

/** What an individual request for the `acr` claim says (OIDC Core §5.5.1); without values it names no level. */
export interface AcrClaimRequest {
  essential: boolean;
  /** In order of preference. */
  values: readonly string[];
}

/** Everything that can say how strong a sign-in should be. Values that are no level of ours may stand in each. */
export interface AssuranceRequest {
  /** The parameter `acr_values`: separated by spaces, in order of preference (OIDC Core §3.1.2.1). */
  acrValues: string | undefined;
  /** `acr` in the `id_token` member of the parameter `claims`. */
  claim: AcrClaimRequest | undefined;
  /** The client's `default_acr_values`. */
  clientDefault: readonly string[] | undefined;
  /** The client's `required_acr`, which only an operator sets. */
  clientRequired: string | undefined;
}

/** What an application wants beyond two steps: at most one of the two holds. */
export interface AssuranceDemand {
  /** Nothing but a phishing-resistant sign-in will do. */
  demanded: boolean;
  /** A phishing-resistant sign-in if there can be one; else any. */
  preferred: boolean;
}

const NONE: AssuranceDemand = { demanded: false, preferred: false };
const DEMANDED: AssuranceDemand = { demanded: true, preferred: false };
const PREFERRED: AssuranceDemand = { demanded: false, preferred: true };

function isLevel(value: string): boolean {
  return ACR_LEVELS.some((level) => level === value);
}

/** Values in order of preference: the stronger level alone is all that will do, before the other one a wish. */
function wishOf(values: readonly string[]): AssuranceDemand {
  const known = values.filter(isLevel);
  if (known[0] !== ACR_PHISHING_RESISTANT) return NONE;
  return known.includes(ACR_MFA) ? PREFERRED : DEMANDED;
}

function claimWish({ essential, values }: AcrClaimRequest): AssuranceDemand {
  const wish = wishOf(values);
  // Voluntary: the application takes what there is (OIDC Core §5.5.1).
  return wish.demanded && !essential ? PREFERRED : wish;
}

/**
 * What a request and its client demand of a sign-in. The client's own requirement goes first; then an individual
 * request for `acr`, which takes the place of `acr_values` (OIDC Core §5.5.1.1 leaves the two together open, OIDC
 * Registration §2 puts it before the client's default); then `acr_values`; then the client's default.
 */
export function demandedAcr(request: AssuranceRequest): AssuranceDemand {
  const { acrValues, claim, clientDefault, clientRequired } = request;
  if (clientRequired === ACR_PHISHING_RESISTANT) return DEMANDED;
  if (claim !== undefined && claim.values.length > 0) return claimWish(claim);
  const named = (acrValues ?? '').split(' ').filter((value) => value !== '');
  return wishOf(named.length > 0 ? named : (clientDefault ?? []));
}

/** Whether an essential request names only levels that there are not: no sign-in can answer it (OIDC Core §5.5.1.1). */
export function isUnanswerable({ essential, values }: AcrClaimRequest): boolean {
  return essential && values.length > 0 && !values.some(isLevel);
}

/** Whether a sign-in of this level, undefined for none, is all that is demanded. */
export function meetsDemand(acr: string | undefined, { demanded }: AssuranceDemand): boolean {
  return !demanded || acr === ACR_PHISHING_RESISTANT;
}
