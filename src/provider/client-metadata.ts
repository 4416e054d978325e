/**
 * Client metadata as oidc-provider accepts it. It refuses an `initiate_login_uri` without TLS (OIDC Dynamic
 * Registration §2), which is all an application on a developer's own machine has; only our own pages use that
 * address, so there it is left out.
 */
export function forProvider<Metadata extends Record<string, unknown>>(metadata: Metadata): Metadata {
  const { initiate_login_uri: start } = metadata;
  const accepted = { ...metadata };
  if (typeof start === 'string' && !start.startsWith('https:')) {
    Reflect.deleteProperty(accepted, 'initiate_login_uri');
  }
  return accepted;
}
