import { type ClientRequest, request } from 'node:http';
import { request as requestWithTls } from 'node:https';
import type { LookupFunction } from 'node:net';

/** What is posted to an application. */
export type FormPost = Pick<RequestInit, 'headers' | 'body' | 'signal'>;

/** The status of the answer. Throws what the connection failed with, also where it closes without an answer. */
function statusOf(question: ClientRequest): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  question.once('response', (answer) => {
    resolve(answer.statusCode ?? 502);
    answer.destroy();
  });
  question.on('error', reject);
  // Somebody who answers with another protocol (101) ends it with neither.
  question.once('close', () => reject(new Error('closed without an answer')));
  return promise;
}

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
  const status = statusOf(question);
  question.end(form);
  try {
    return new Response(null, { status: await status });
  } catch (cause) {
    signal?.throwIfAborted();
    throw new TypeError('fetch failed', { cause });
  }
}
