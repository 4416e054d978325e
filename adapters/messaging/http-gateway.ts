import { type ClientRequest, type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { fillTemplate } from '#config/message-template.ts';
import type { Log } from '#src/log.ts';
import type { Channel, DeliveryFault, Dispatch, SendResult, Supplier } from '#src/message/ports.ts';
import { isPublicAddress, publicLookup } from './public-lookup.ts';

export interface HttpGatewayParts {
  url: string;
  /** What the Authorization header holds. */
  authorization: string | undefined;
  /** JSON with placeholders (config/message-template.ts). */
  body: string;
  /** What `{from}` stands for. */
  from: string | undefined;
  channels: readonly Channel[];
  /** Whether the gateway may be on this machine or in a private network. */
  allowPrivate: boolean;
  /** CA certificates (PEM) in place of the well-known ones. */
  ca: string | undefined;
  log: Log;
}

/** Bytes of an answer that are read, so that its connection can be used again; nothing in it matters. */
const MOST_BYTES = 65_536;

/** What an answer's status says (docs/messaging.md); undefined when the gateway took the message. */
function faultOf(status: number): DeliveryFault | undefined {
  if (status >= 200 && status < 300) return undefined;
  if (status === 402) return 'balance';
  if (status === 422) return 'number';
  const passes = status === 408 || status === 425 || status === 429 || status >= 500;
  // A redirect is not followed: it could lead anywhere.
  return passes || status < 400 ? 'unreachable' : 'rejected';
}

/** Status of the answer. Rejects with what the connection met, or when `signal` aborts. */
function statusOf(request: ClientRequest, body: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  request.on('error', reject);
  request.on('response', (response) => {
    resolve(response.statusCode ?? 0);
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) request.destroy();
    });
    response.on('error', () => {});
  });
  request.end(body);
  return promise;
}

/** An error's code (`ECONNREFUSED`, `DEPTH_ZERO_SELF_SIGNED_CERT`); its message can repeat what was received. */
function causeOf(failure: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'no answer in time';
  return failure instanceof Error && 'code' in failure ? String(failure.code) : 'unknown';
}

/**
 * A gateway of the operator's own, that each message is posted to as JSON. It follows no redirect, checks the
 * certificate, and reads no more of an answer than its status.
 */
export function createHttpGateway(parts: HttpGatewayParts): Supplier {
  const { authorization, body, from = '', channels, allowPrivate, ca, log } = parts;
  const name = 'http';
  const url = new URL(parts.url);
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isBarred = !allowPrivate && isIP(host) !== 0 && !isPublicAddress(host);

  async function post(dispatch: Dispatch, signal: AbortSignal): Promise<number> {
    const { to, text, delivery, channel, locale = 'nl' } = dispatch;
    if (isBarred) throw Object.assign(new Error('a private address'), { code: 'EPRIVATE' });
    const content = fillTemplate(body, { to, text, from, reference: delivery, channel, locale });
    const options: RequestOptions = {
      method: 'POST',
      signal,
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(content),
        accept: 'application/json',
        'user-agent': 'Poortwachter',
        ...(authorization !== undefined && { authorization }),
      },
      ...(!allowPrivate && { lookup: publicLookup }),
      ...(ca !== undefined && { ca }),
    };
    return statusOf(request(url, options), content);
  }

  async function send(dispatch: Dispatch, signal: AbortSignal): Promise<SendResult> {
    const about = { supplier: name, channel: dispatch.channel, delivery: dispatch.delivery };
    try {
      const status = await post(dispatch, signal);
      const fault = faultOf(status);
      if (fault === undefined) return { ok: true, supplier: name };
      log.warn({ ...about, status }, 'supplier refused a message');
      return { ok: false, fault };
    } catch (failure) {
      log.warn({ ...about, cause: causeOf(failure, signal) }, 'supplier did not answer');
      return { ok: false, fault: 'unreachable' };
    }
  }

  return { name, channels, send };
}
