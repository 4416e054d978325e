import type { Client } from 'oidc-provider';
import { type AssuranceDemand, demandedAcr } from '#src/sign-in/demand.ts';
import { requestedAcr } from './requested-claims.ts';

/** What an authorization request, as oidc-provider checked it, and its client demand of a sign-in. */
export function demandOf(
  params: Readonly<Record<string, unknown>>,
  client: Client | undefined,
): AssuranceDemand {
  const { acr_values: acrValues, claims } = params;
  const required = client?.required_acr;
  return demandedAcr({
    acrValues: typeof acrValues === 'string' ? acrValues : undefined,
    claim: requestedAcr(claims),
    clientDefault: client?.defaultAcrValues,
    clientRequired: typeof required === 'string' ? required : undefined,
  });
}
