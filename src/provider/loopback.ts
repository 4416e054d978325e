import { lookup } from 'node:dns';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { LookupFunction } from 'node:net';
import { isLoopbackHost } from '#config/web-address.ts';
import type { Tenant } from '#src/tenant/tenant.ts';

/** What is posted to an application of this machine. */
export type LoopbackPost = Pick<RequestInit, 'headers' | 'body' | 'signal'>;

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
export async function postToLoopback(address: URL, { headers, body, signal }: LoopbackPost) {
  const form = body instanceof URLSearchParams ? body.toString() : '';
  const question = request(address, {
    method: 'POST',
    headers: Object.fromEntries(new Headers(headers)),
    agent: false,
    lookup: toLoopback,
    ...(signal && { signal }),
  });
  question.end(form);
  try {
    const [answer]: IncomingMessage[] = await once(question, 'response');
    answer?.destroy();
    return new Response(null, { status: answer?.statusCode ?? 502 });
  } catch (cause) {
    signal?.throwIfAborted();
    throw new TypeError('fetch failed', { cause });
  }
}
