import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { request as requestWithTls } from 'node:https';
import type { LookupFunction } from 'node:net';

/** What is posted to an application. */
export type FormPost = Pick<RequestInit, 'headers' | 'body' | 'signal'>;

/**
 * Posts a form to an address that `lookup` finds; of the answer only the status is read, and no redirect is followed.
 * Certificates are checked. Throws as fetch does.
 */
export async function postForm(
  address: URL,
  { headers, body, signal }: FormPost,
  lookup: LookupFunction,
): Promise<Response> {
  const form = body instanceof URLSearchParams ? body.toString() : '';
  const ask = address.protocol === 'https:' ? requestWithTls : request;
  const question = ask(address, {
    method: 'POST',
    headers: Object.fromEntries(new Headers(headers)),
    agent: false,
    lookup,
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
