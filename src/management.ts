import { createServer, type Server } from 'node:http';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

export interface ManagementParts {
  /** Throws when a store does not answer. */
  ready(): Promise<void>;
  /** Password hashes that wait for a thread. */
  hashesWaiting(): number;
}

function createMetrics({ hashesWaiting }: ManagementParts): Registry {
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
  return registry;
}

/**
 * The operators' own port: `/livez` (the process runs), `/readyz` (its stores answer) and `/metrics`
 * (Prometheus text). It speaks to the cluster, never to people.
 */
export function createManagementServer(parts: ManagementParts): Server {
  const metrics = createMetrics(parts);
  const answers: Record<string, () => Promise<{ status: number; body: string; type?: string }>> = {
    '/livez': async () => ({ status: 200, body: 'ok\n' }),
    '/readyz': async () => {
      try {
        await parts.ready();
        return { status: 200, body: 'ok\n' };
      } catch {
        return { status: 503, body: 'a store does not answer\n' };
      }
    },
    '/metrics': async () => ({ status: 200, body: await metrics.metrics(), type: metrics.contentType }),
  };
  return createServer(async (req, res) => {
    const answer = answers[req.url ?? ''];
    const {
      status,
      body,
      type = 'text/plain; charset=utf-8',
    } = answer === undefined ? { status: 404, body: 'not found\n' } : await answer();
    res.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(body);
  });
}
