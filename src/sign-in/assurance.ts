import type { Amr, FactorMethod, Proof } from './factor.ts';

/** Password plus a proved second step: what every sign-in reaches (R6). */
export const ACR_MFA = 'urn:poortwachter:acr:mfa';

/** The second step was bound to the site's address and can't be phished. */
export const ACR_PHISHING_RESISTANT = 'urn:poortwachter:acr:phr';

export type Acr = typeof ACR_MFA | typeof ACR_PHISHING_RESISTANT;

/** What a finished sign-in tells the application about its strength (OIDC Core §2, RFC 8176). */
export interface Assurance {
  acr: Acr;
  amr: Amr[];
}

/** The honest assurance of a password followed by these proofs, of which there is at least one. */
export function assuranceOf(proofs: readonly Proof[]): Assurance {
  const strong = proofs.some(({ phishingResistant }) => phishingResistant);
  return {
    acr: strong ? ACR_PHISHING_RESISTANT : ACR_MFA,
    amr: [...new Set<Amr>(['pwd', ...proofs.flatMap(({ amr }) => amr), 'mfa'])],
  };
}

/** The levels that some of these methods can reach: what discovery may promise. */
export function reachableAcrs(methods: readonly Pick<FactorMethod, 'phishingResistant'>[]): Acr[] {
  return methods.some((method) => method.phishingResistant) ? [ACR_MFA, ACR_PHISHING_RESISTANT] : [ACR_MFA];
}
