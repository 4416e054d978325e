import type { KoaContextWithOIDC } from 'oidc-provider';

/**
 * oidc-provider's loadExistingGrant: a first-party client gets what it asks for without a consent page, because
 * the organisation that owns the data also owns the application (ASVS 10.7.1); everybody else keeps the grant
 * the person gave, if any.
 */
export async function loadExistingGrant(ctx: KoaContextWithOIDC) {
  const { client, session, provider, result, account, requestParamOIDCScopes } = ctx.oidc;
  if (client === undefined || account === undefined || session === undefined) return undefined;
  const consent = result?.consent?.grantId;
  const grantId = consent ?? session.grantIdFor(client.clientId);
  const known = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  if (client.first_party !== true) return known;

  const grant = known ?? new provider.Grant({ accountId: account.accountId, clientId: client.clientId });
  const wanted = [...requestParamOIDCScopes].join(' ');
  if (known !== undefined && grant.getOIDCScopeFiltered(requestParamOIDCScopes) === wanted) return grant;
  grant.addOIDCScope(wanted);
  await grant.save();
  return grant;
}
