import { Agent, type IncomingHttpHeaders, request } from 'node:http';

/** One request of the load. */
export interface Ask {
  method?: 'GET' | 'POST';
  path: string;
  headers?: Record<string, string>;
  /** Form fields, already encoded. */
  body?: string;
}

/** Its answer. */
export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  /** Milliseconds from sending until the last byte. */
  ms: number;
}

/** Milliseconds. Whatever takes longer is a failure of the run, not a slow answer. */
const PATIENCE = 30_000;

/** Connections to one server that stay open, as a proxy in front keeps them. */
export class HttpClient implements Disposable {
  readonly #agent: Agent;
  readonly #port: number;
  readonly #host: string;

  /** `host` is the name the requests are for; they go to this port of the loopback address. */
  constructor(port: number, host: string) {
    this.#port = port;
    this.#host = host;
    this.#agent = new Agent({ keepAlive: true, maxSockets: 512, scheduling: 'lifo' });
  }

  /** Sends a request and reads all of its answer. Rejects when there is none. */
  ask({ method = 'GET', path, headers = {}, body }: Ask): Promise<Answer> {
    const begun = performance.now();
    const all: Record<string, string | number> = { host: this.#host, ...headers };
    if (body !== undefined) {
      all['content-type'] = 'application/x-www-form-urlencoded';
      all['content-length'] = Buffer.byteLength(body);
    }
    const options = { host: '127.0.0.1', port: this.#port, method, path, agent: this.#agent, headers: all };
    return new Promise((resolve, reject) => {
      const sent = request({ ...options, timeout: PATIENCE }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('error', reject);
        response.on('end', () => {
          const { statusCode = 0, headers: received } = response;
          resolve({ status: statusCode, headers: received, body: text, ms: performance.now() - begun });
        });
      });
      sent.on('timeout', () => sent.destroy(new Error(`no answer to ${method} ${path.split('?')[0]}`)));
      sent.on('error', reject);
      sent.end(body);
    });
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}

/** A failure of the load: an answer that was not the right one is never counted as fast. */
export function refuse(what: string, answer: Answer): never {
  const { location = '' } = answer.headers;
  const way = location.split('?')[0];
  throw new Error(`${what}: the answer was ${answer.status} ${way} ${answer.body.slice(0, 300)}`.trimEnd());
}

/** The answer's way on, which must begin with `start`. */
export function locationOf(what: string, answer: Answer, start: string): string {
  const { location } = answer.headers;
  const redirect = answer.status === 302 || answer.status === 303;
  if (!redirect || location === undefined || !location.startsWith(start)) refuse(what, answer);
  return location;
}
