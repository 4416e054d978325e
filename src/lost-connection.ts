import type { IncomingMessage } from 'node:http';

/** Node's names for a connection that the other side closed, cut off or left in the middle of a request. */
const LOST = new Set([
  'ECONNABORTED',
  'ECONNRESET',
  'EPIPE',
  'ERR_HTTP_REQUEST_TIMEOUT',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_WRITE_AFTER_END',
  'ETIMEDOUT',
]);

/** Node's HTTP parser: bytes that are no request, or an end in the middle of one. */
const PARSER = 'HPE_';

/**
 * Whether a failure says only that the sender of this request is gone: no alarm, and nobody left to answer. A
 * store whose own connection broke has another request's socket open, so it never counts.
 */
export function isLostConnection(failure: unknown, req: IncomingMessage): boolean {
  if (!(failure instanceof Error) || !('code' in failure) || !req.socket.destroyed) return false;
  const code = String(failure.code);
  return LOST.has(code) || code.startsWith(PARSER);
}
