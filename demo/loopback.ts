import { lookup } from 'node:dns';
import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import type { LookupFunction } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { CustomFetch } from 'openid-client';

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Whether an address is this machine itself: the only place where plain http is acceptable (RFC 8252 §8.3). */
export function isLoopback(url: URL): boolean {
  return LOOPBACK.test(url.hostname);
}

/**
 * A fetch that knows `http://*.localhost`: browsers take it for loopback (RFC 6761 §6.3), most resolvers under Node
 * do not. Undefined for every other address, where the platform's own fetch does.
 */
export function localhostFetch(issuer: URL): CustomFetch | undefined {
  if (issuer.protocol !== 'http:' || !issuer.hostname.endsWith('.localhost')) return undefined;
  return async (address, options) => {
    const body = options.body instanceof URLSearchParams ? options.body.toString() : '';
    const question = request(address, {
      method: options.method,
      headers: options.headers,
      lookup: toLoopback,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    question.end(body);
    return readAnswer(question);
  };
}

/** Where servers of this machine listen under that name: 127.0.0.1 on most, ::1 on some. */
const toLoopback: LookupFunction = (_name, options, found) => lookup('localhost', options, found);

async function readAnswer(question: ClientRequest): Promise<Response> {
  try {
    const [answer]: IncomingMessage[] = await once(question, 'response');
    if (answer === undefined) throw new Error('no response');
    const body = await buffer(answer);
    const status = answer.statusCode ?? 502;
    return new Response(body.byteLength > 0 ? body : null, { status, headers: headersOf(answer) });
  } catch (error) {
    // The same name for a network failure as the platform's fetch gives it.
    throw new TypeError('fetch failed', { cause: error });
  }
}

function headersOf(answer: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(answer.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  return headers;
}
