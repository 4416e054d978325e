import { Provider } from 'oidc-provider';

/**
 * The session of this request that goes on under a new id, which oidc-provider gives it at each sign-in, consent and
 * refused sign-out (`resetIdentifier`). To save it, it destroys the one by the old id and writes one by the new; between
 * the two nobody who ends sessions would find any. Undefined where none moves, and outside of requests.
 */
export function movedSession(): { from: string; to: string } | undefined {
  const session: object | undefined = Provider.ctx?.oidc?.session;
  if (session === undefined) return undefined;
  const [from, to] = ['oldId', 'jti'].map((name): unknown => Reflect.get(session, name));
  return typeof from === 'string' && typeof to === 'string' && from !== to ? { from, to } : undefined;
}
