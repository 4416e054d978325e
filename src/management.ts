import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Log } from './log.ts';
import { UNKEPT_HEADERS } from './security-headers.ts';
import { createWebServer } from './web-server.ts';

/** Of one kind of item. `oldestSeconds`: how long the oldest that waits has waited; 0 for none. */
export interface QueueCount {
  kind: string;
  waiting: number;
  dead: number;
  oldestSeconds: number;
}

/** Probes and collectors are few; whoever opens more is neither. */
const MAX_CONNECTIONS = 100;

export interface ManagementParts {
  /** Why nobody may be sent here now; undefined when people may come. Never throws. */
  unready(): Promise<string | undefined>;
  /** Password hashes that wait for a thread. */
  hashesWaiting(): number;
  /** Tenants whose Provider is kept now, and how many Providers were made. */
  providers(): { kept: number; made: number };
  /** How often this process warned of one password tried on many people. */
  sprayingAlarms(): number;
  /** Kinds of items that are told of at any time, also while there are none. */
  queueKinds: readonly string[];
  /** How full the queue of messages is with what, over all tenants. Rejects when that can't be found out now. */
  queue(): Promise<readonly QueueCount[]>;
  log: Log;
}

interface Answer {
  status: number;
  body: string;
  type?: string;
}

type QueueGaugeParts = Pick<ManagementParts, 'queueKinds' | 'queue'>;

/** The gauges of the queue; what can't be counted now is told as no number, and hides no other metric. */
function addQueueGauges(registry: Registry, { queueKinds, queue }: QueueGaugeParts): void {
  let asking: Promise<readonly QueueCount[] | undefined> | undefined;
  // One look-up for all gauges of a scrape.
  const count = () => {
    asking ??= queue()
      .catch(() => undefined)
      .finally(() => {
        asking = undefined;
      });
    return asking;
  };
  for (const { name, help, of } of [
    { name: 'waiting', help: 'Items of the queue waiting for their first or next try.', of: 'waiting' },
    { name: 'dead', help: 'Items of the queue that were given up.', of: 'dead' },
    { name: 'oldest_seconds', help: 'Age of the oldest item that waits; 0 for none.', of: 'oldestSeconds' },
  ] as const) {
    new Gauge({
      name: `poortwachter_messages_${name}`,
      help,
      labelNames: ['kind'],
      registers: [registry],
      async collect() {
        const counts = await count();
        // A kind of a newer version's is told of while it has items, and no longer.
        this.reset();
        for (const kind of queueKinds) this.set({ kind }, counts === undefined ? Number.NaN : 0);
        for (const { kind, ...counted } of counts ?? []) this.set({ kind }, counted[of]);
      },
    });
  }
}

function createMetrics(parts: ManagementParts): Registry {
  const { hashesWaiting, providers, sprayingAlarms } = parts;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'poortwachter_password_hashes_waiting',
    help: 'Password hashes waiting for a thread.',
    registers: [registry],
    collect() {
      this.set(hashesWaiting());
    },
  });
  new Gauge({
    name: 'poortwachter_providers_kept',
    help: 'Tenants whose protocol engine is kept in memory.',
    registers: [registry],
    collect() {
      this.set(providers().kept);
    },
  });
  new Counter({
    name: 'poortwachter_providers_made_total',
    help: 'Protocol engines made: on first use, and when keys or settings changed.',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(providers().made);
    },
  });
  new Counter({
    name: 'poortwachter_spraying_alarms_total',
    help: 'Warnings of one password tried on many people; the log says at which tenant.',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(sprayingAlarms());
    },
  });
  addQueueGauges(registry, parts);
  return registry;
}

/** What is answered where. */
function createAnswers(parts: ManagementParts): ReadonlyMap<string, () => Promise<Answer>> {
  const metrics = createMetrics(parts);
  return new Map<string, () => Promise<Answer>>([
    ['/livez', async () => ({ status: 200, body: 'ok\n' })],
    [
      '/readyz',
      async () => {
        const reason = await parts.unready();
        return reason === undefined ? { status: 200, body: 'ok\n' } : { status: 503, body: `${reason}\n` };
      },
    ],
    ['/metrics', async () => ({ status: 200, body: await metrics.metrics(), type: metrics.contentType })],
  ]);
}

/**
 * The operators' own port: `/livez` (the process runs), `/readyz` (its stores answer) and `/metrics`
 * (Prometheus text), for GET and HEAD, under the same limits as the other port. It speaks to the cluster, never to
 * people.
 */
export function createManagementServer(parts: ManagementParts): Server {
  const { log } = parts;
  const answers = createAnswers(parts);
  const answerTo = async ({ method, url = '' }: IncomingMessage): Promise<Answer> => {
    const answer = answers.get(url);
    if (answer === undefined) return { status: 404, body: 'not found\n' };
    if (method !== 'GET' && method !== 'HEAD') return { status: 405, body: 'GET or HEAD\n' };
    return answer().catch((err: unknown) => {
      log.error({ err }, 'the management port could not answer');
      return { status: 500, body: 'failed\n' };
    });
  };
  const handle = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const { status, body, type = 'text/plain; charset=utf-8' } = await answerTo(req);
    const allow = status === 405 ? { Allow: 'GET, HEAD' } : {};
    res.writeHead(status, { ...UNKEPT_HEADERS, ...allow, 'Content-Type': type }).end(body);
  };
  return createWebServer(handle, { log, maxConnections: MAX_CONNECTIONS });
}
