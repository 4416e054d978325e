import { AppError } from '#src/errors.ts';

/**
 * Fetches what a client's metadata points at. oidc-provider puts a dispatcher into `options` that cuts every
 * connection to an address of this machine or of a private network (security rule 13), but goes on without one, with
 * no more than a warning, should a newer Node no longer let it make one: then nothing is fetched. A redirect could
 * lead anywhere, so none is followed. Throws AppError `outbound-refused`, or what fetch throws.
 */
export async function fetchForClient(
  url: string | URL | Request,
  options: RequestInit = {},
): Promise<Response> {
  if (!('dispatcher' in options) || !options.dispatcher) {
    throw new AppError('outbound-refused', 500, 'nothing guards this fetch against private addresses');
  }
  return globalThis.fetch(url, { ...options, redirect: 'error' });
}
