import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import { z } from 'zod';
import { type AcrClaimRequest, isUnanswerable } from '#src/sign-in/demand.ts';

/** Most characters of the parameter `claims`, of which no more is kept than what is below. */
const LONGEST_CLAIMS = 2000;

/** How one claim is asked for (OIDC Core §5.5.1); members that are not known are dropped. */
const asked = z
  .object({
    essential: z.boolean().optional(),
    value: z.string().optional(),
    values: z.array(z.string()).optional(),
  })
  .nullable()
  .optional();

/**
 * What `claims` can ask here: how strong the sign-in is, and of whom. Both are in every ID token, so it opens no data:
 * a scope does, which is what a person consents to. Asking more is no error (OIDC Core §5.5), it is not answered.
 */
const claimsSchema = z.object({ id_token: z.object({ acr: asked, sub: asked }).optional() });

function parseClaims(text: string): z.infer<typeof claimsSchema> {
  // That it is JSON was seen by oidc-provider before.
  const claims = claimsSchema.safeParse(JSON.parse(text));
  if (claims.success) return claims.data;
  throw new errors.InvalidRequest('claims asks for acr or sub in a form that OpenID Connect does not know');
}

function acrIn({ id_token }: z.infer<typeof claimsSchema>): AcrClaimRequest | undefined {
  if (id_token?.acr === undefined) return undefined;
  const { essential = false, value, values = [] } = id_token.acr ?? {};
  return { essential, values: value === undefined ? values : [value, ...values] };
}

/** What the parameter `claims`, checked before, says about `acr`. */
export function requestedAcr(claims: unknown): AcrClaimRequest | undefined {
  return typeof claims === 'string' ? acrIn(parseClaims(claims)) : undefined;
}

/** What is kept of `claims`, as text; undefined when that is nothing. */
function keptText({ id_token: { acr, sub } = {} }: z.infer<typeof claimsSchema>): string | undefined {
  return acr === undefined && sub === undefined ? undefined : JSON.stringify({ id_token: { acr, sub } });
}

/**
 * Bounds `claims` and takes out of the request what is not answered, before an interaction or a pushed request is
 * stored. An essential `acr` that there is not ends it: no sign-in, however often, could meet it.
 */
export function keepAnswerableClaims({ oidc }: KoaContextWithOIDC, text: string | undefined): void {
  if (text === undefined) return;
  if (text.length > LONGEST_CLAIMS) {
    const refusal = new errors.InvalidRequest(`claims is longer than ${LONGEST_CLAIMS} characters`);
    refusal.allow_redirect = false;
    throw refusal;
  }
  const claims = parseClaims(text);
  const acr = acrIn(claims);
  if (acr !== undefined && isUnanswerable(acr)) {
    throw new errors.UnmetAuthenticationRequirements('none of the acr values asked for exists here');
  }
  Object.assign(oidc.params ?? {}, { claims: keptText(claims) });
}
