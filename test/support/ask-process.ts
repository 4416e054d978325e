import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** A request to one of several processes that share an issuer. */
export interface Asked {
  /** Where the process listens. */
  origin: string;
  /** Whose name the request calls it by; fetch would send the address instead. */
  issuer: string;
  path: string;
  /** Posted as a form. */
  form?: Record<string, string>;
  headers?: Record<string, string>;
}

const agent = new Agent({ keepAlive: true });

/** Asks it; resolves to status and body. */
export async function askProcess({ origin, issuer, path, form, headers = {} }: Asked) {
  const body = form === undefined ? undefined : new URLSearchParams(form).toString();
  const sent = request(new URL(path, origin), {
    agent,
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...headers,
      ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      host: new URL(issuer).host,
    },
  });
  const answered = Promise.withResolvers<{ status: number; body: string }>();
  sent.on('response', (answer) => {
    text(answer).then(
      (read) => answered.resolve({ status: answer.statusCode ?? 0, body: read }),
      answered.reject,
    );
  });
  sent.on('error', answered.reject);
  sent.end(body);
  return answered.promise;
}
