import type { Server } from 'node:http';
import { createHealth, type Health } from '#src/health.ts';
import type { Log } from '#src/log.ts';
import { createManagementServer, type QueueCount } from '#src/management.ts';
import type { QueueStore } from '#src/message/queue-ports.ts';
import type { Composition } from '../compose.ts';
import { QUEUE_KINDS } from './queue.ts';

/** The operators' port, which answers before there is anything else. */
export interface Management {
  server: Server;
  health: Health;
  /** The start is over: this is what runs. */
  watch(composition: Watched): void;
}

/** As much of what runs as is looked at. */
interface Watched extends Pick<Composition, 'clock'> {
  durable: Pick<Composition['durable'], 'kind' | 'ping'> & { queue: Pick<QueueStore, 'depth'> };
  volatile: Pick<Composition['volatile'], 'ping'>;
  hasher: Pick<Composition['hasher'], 'waiting'>;
  providers: Composition['providers'];
  sprayAlarm: Composition['sprayAlarm'];
}

async function countQueue({ durable, clock }: Pick<Watched, 'durable' | 'clock'>): Promise<QueueCount[]> {
  const depths = await durable.queue.depth();
  const now = clock.now();
  return depths.map(({ kind, waiting, dead, oldestAt }) => {
    const oldestMs = oldestAt === undefined ? 0 : Math.max(0, now - oldestAt);
    return { kind, waiting, dead, oldestSeconds: oldestMs / 1000 };
  });
}

/** Health and metrics, from the first moment of a process to its last. */
export function composeManagement(log: Log): Management {
  const health = createHealth();
  let hashesWaiting = () => 0;
  let sprayingAlarms = () => 0;
  let providersOf = () => ({ kept: 0, made: 0 });
  let queueOf = async (): Promise<QueueCount[]> => [];
  const server = createManagementServer({
    unready: health.unready,
    hashesWaiting: () => hashesWaiting(),
    providers: () => providersOf(),
    sprayingAlarms: () => sprayingAlarms(),
    queueKinds: QUEUE_KINDS,
    queue: () => queueOf(),
    log,
  });
  return {
    server,
    health,
    watch({ durable, volatile, hasher, providers, sprayAlarm, clock }) {
      queueOf = () => countQueue({ durable, clock });
      hashesWaiting = () => hasher.waiting();
      providersOf = () => providers.stats();
      sprayingAlarms = () => sprayAlarm.count();
      health.serves([
        {
          name: durable.kind === 'postgres' ? 'Postgres' : 'the embedded database',
          ping: () => durable.ping(),
        },
        { name: 'Redis', ping: () => volatile.ping() },
      ]);
    },
  };
}
