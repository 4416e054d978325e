import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** Something that can be told what to do when it ends: a test, or a suite. */
interface Ending {
  after(end: () => Promise<void>): void;
}

/** A way over the network that a test can disturb. It begins by passing everything on. */
export interface Link {
  /** What takes connections on 127.0.0.1, in place of the server's own port. */
  port: number;
  /** Everything passes; what a stall held back comes through first. */
  pass(): void;
  /** Every connection is reset, and so is each new one as soon as it is made: as by a machine without the server. */
  refuse(): void;
  /** Nothing passes either way and nobody is told: as over a cable that was pulled. */
  stall(): void;
  /** All that is sent arrives at least `ms` milliseconds later, at most twice that. */
  delay(ms: number): void;
  /** Connections that are open now. */
  connections(): number;
}

type Way = { kind: 'pass' } | { kind: 'refuse' } | { kind: 'stall' } | { kind: 'delay'; ms: number };

/** Holds what wants to pass for as long as the way is barred. */
function createGate() {
  let way: Way = { kind: 'pass' };
  let changed = Promise.withResolvers<void>();
  return {
    kind: () => way.kind,
    set(next: Way) {
      way = next;
      changed.resolve();
      changed = Promise.withResolvers();
    },
    async passes() {
      if (way.kind === 'delay') await wait(way.ms);
      while (way.kind === 'stall') await changed.promise;
    },
  };
}

type Gate = ReturnType<typeof createGate>;

/** Carries one direction of a connection, its end included. */
async function carry(from: Socket, into: Socket, gate: Gate): Promise<void> {
  try {
    for await (const chunk of from) {
      await gate.passes();
      if (!into.write(chunk)) await once(into, 'drain');
    }
    await gate.passes();
    into.end();
  } catch {
    into.destroy();
  }
}

/**
 * Opens a link to a port of 127.0.0.1, to put between a client and a real server. It ends with the test, and every
 * connection over it.
 */
export async function openLink(t: Ending, target: number): Promise<Link> {
  const gate = createGate();
  const near = new Set<Socket>();
  const all = new Set<Socket>();
  const keep = (socket: Socket) => {
    all.add(socket);
    socket.on('error', () => {}).once('close', () => all.delete(socket));
  };
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, async (socket) => {
    keep(socket);
    near.add(socket);
    socket.once('close', () => near.delete(socket));
    await gate.passes();
    if (gate.kind() === 'refuse') {
      socket.resetAndDestroy();
      return;
    }
    const far = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true });
    keep(far);
    far.once('close', () => socket.destroy());
    await Promise.all([carry(socket, far, gate), carry(far, socket, gate)]);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    server.close();
    for (const socket of all) socket.destroy();
    gate.set({ kind: 'pass' });
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the link has no port');
  return {
    port: address.port,
    pass: () => gate.set({ kind: 'pass' }),
    stall: () => gate.set({ kind: 'stall' }),
    delay: (ms) => gate.set({ kind: 'delay', ms }),
    refuse: () => {
      gate.set({ kind: 'refuse' });
      for (const socket of all) socket.resetAndDestroy();
    },
    connections: () => near.size,
  };
}
