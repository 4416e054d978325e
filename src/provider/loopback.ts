import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isLoopbackHost } from '#config/web-address.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import { type FormPost, postForm } from './post-form.ts';

/**
 * Whether an organisation's applications may be on this machine: only where plain http was allowed by name, and the
 * organisation is on this machine itself, as in the trial. An https issuer never has any.
 */
export function hasLoopbackApplications(
  { issuer }: Pick<Tenant, 'issuer'>,
  { plainHttp }: { plainHttp: boolean },
): boolean {
  return plainHttp && isPlainLoopback(new URL(issuer));
}

/** An address of this machine, without TLS. */
export function isPlainLoopback({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && isLoopbackHost(hostname);
}

/** Where servers of this machine listen, whatever name under `localhost` they go by: most resolvers don't know it. */
const toLoopback: LookupFunction = (_name, options, found) => lookup('localhost', options, found);

/** Posts a form to this machine; of the answer only the status is read. Throws as fetch does. */
export function postToLoopback(address: URL, post: FormPost): Promise<Response> {
  return postForm(address, post, toLoopback);
}
