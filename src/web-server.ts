import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { Duplex } from 'node:stream';
import type { Log } from './log.ts';
import { UNKEPT_HEADERS } from './security-headers.ts';
import { createSparingLog, type SparingLog } from './sparing-log.ts';

type Limit =
  | 'headersTimeout'
  | 'requestTimeout'
  | 'connectionsCheckingInterval'
  | 'keepAliveTimeout'
  | 'maxHeaderSize';

/** What one connection may take of us: milliseconds, bytes of a request's head, and requests. */
export type WebServerLimits = Required<{ [Name in Limit]: NonNullable<ServerOptions[Name]> }> & {
  answerTimeout: number;
  unanswered: number;
};

export const LIMITS: WebServerLimits = {
  /** Time for the head of a request, and for all of it; a connection between two requests is not counted. */
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  /** Node looks for late connections only this often, by default every 30 seconds. */
  connectionsCheckingInterval: 5_000,
  /** Longer than the 60 seconds for which nginx and load balancers keep a connection: who closes first must be they. */
  keepAliveTimeout: 65_000,
  /**
   * Time from a request's head until the last byte of its answer is with the operating system. Node has a limit for
   * silence only, which somebody who reads a byte now and then never meets.
   */
  answerTimeout: 60_000,
  /**
   * Requests that one connection may send before it has an answer. Browsers and proxies send one; Node would take
   * as many as fit into a packet, all at a time, past every count of connections. How many come one after the other
   * is not limited (`maxRequestsPerSocket`): a proxy sends thousands over one connection.
   */
  unanswered: 16,
  /**
   * An authorization request at the bounds of its parameters takes 12 kB of address when each character is written
   * as six, and a browser brings the cookies of the whole domain. What a request makes us keep is bounded apart.
   */
  maxHeaderSize: 16 * 1024,
};

/** Statuses of what Node's parser refuses; everything else is 400. */
const STATUSES: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  HPE_HEADER_OVERFLOW: 431,
};

/** What happens without anybody meaning harm: a browser that opened a connection in advance, a client that left. */
const HARMLESS = new Set(['ERR_HTTP_REQUEST_TIMEOUT', 'HPE_INVALID_EOF_STATE']);

const bareHeaders = { ...UNKEPT_HEADERS, Connection: 'close', 'Content-Length': '0' } as const;

function bareAnswer(status: number): string {
  const headers = Object.entries(bareHeaders).map(([name, value]) => `${name}: ${value}`);
  return `${[`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...headers].join('\r\n')}\r\n\r\n`;
}

/** Answers that are under way, by connection. */
type Answers = WeakMap<Duplex, Set<ServerResponse>>;

/** Ends a connection that speaks no HTTP, or too slowly, with a status where none of an answer has left yet. */
function refuseBrokenRequests(server: Server, answers: Answers, record: SparingLog): void {
  server.on('clientError', (failure: NodeJS.ErrnoException, socket) => {
    const code = failure.code ?? 'unknown';
    const spoke = code.startsWith('HPE_') || code in STATUSES;
    const begun = [...(answers.get(socket) ?? [])].some(({ headersSent }) => headersSent);
    if (spoke && socket.writable && !begun) socket.write(bareAnswer(STATUSES[code] ?? 400));
    socket.destroy(failure);
    if (!spoke) record('debug', 'lost-connection', 'connection lost');
    else record(HARMLESS.has(code) ? 'debug' : 'warn', code, 'malformed request refused');
  });
  // Without a listener Node closes the connection without a word.
  server.on('connect', (_req: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => socket.destroy());
    socket.end(bareAnswer(405), () => socket.destroy());
    record('warn', 'connect', 'malformed request refused');
  });
  server.on('checkExpectation', (_req: IncomingMessage, res: ServerResponse) => {
    res.writeHead(417, bareHeaders).end();
  });
}

/** A request must name one host (RFC 9112 §3.2); one of HTTP/1.0 may name none. */
function namesItsHost({ httpVersionMinor, rawHeaders }: IncomingMessage): boolean {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) if (rawHeaders[at]?.toLowerCase() === 'host') hosts += 1;
  return hosts === 1 || (hosts === 0 && httpVersionMinor === 0);
}

export interface WebServerParts {
  log: Log;
  /** Connections at a time; more are closed as they come. */
  maxConnections: number;
  limits?: WebServerLimits;
}

/**
 * A server that ends connections that are slow, silent, too wordy or too many. There is no limit by address: behind
 * a proxy all connections come from one.
 */
export function createWebServer(
  answer: RequestListener,
  { log, maxConnections, limits = LIMITS }: WebServerParts,
): Server {
  const record = createSparingLog(log);
  const answers: Answers = new WeakMap();
  // Node's own refusal of a request without Host lacks our headers.
  const server = createServer({ ...limits, requireHostHeader: false }, (req, res) => {
    const { socket } = req;
    const underWay = answers.get(socket) ?? new Set();
    answers.set(socket, underWay.add(res));
    const late = setTimeout(() => {
      socket.destroy();
      record('debug', 'late-answer', 'an answer was not taken in time');
    }, limits.answerTimeout).unref();
    res.once('close', () => {
      clearTimeout(late);
      underWay.delete(res);
    });
    if (underWay.size > limits.unanswered) {
      socket.destroy();
      record('warn', 'too-many-unanswered', 'a connection asked on without waiting for answers');
    } else if (namesItsHost(req)) {
      answer(req, res);
    } else {
      res.writeHead(400, bareHeaders).end();
      record('warn', 'no-single-host', 'malformed request refused');
    }
  });
  server.maxConnections = maxConnections;
  server.on('drop', () => record('warn', 'too-many-connections', `more than ${maxConnections} connections`));
  refuseBrokenRequests(server, answers, record);
  return server;
}
