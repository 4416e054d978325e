import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { listen } from '#src/listen.ts';
import { createLog } from '#src/log.ts';
import { LIMITS, type WebServerLimits } from '#src/web-server.ts';
import type { Ending } from './postgres.ts';
import { freePort } from './private-server.ts';

/** The limits of production, a hundred times as fast. */
export const FAST: WebServerLimits = {
  ...LIMITS,
  headersTimeout: LIMITS.headersTimeout / 100,
  requestTimeout: LIMITS.requestTimeout / 100,
  keepAliveTimeout: LIMITS.keepAliveTimeout / 100,
  connectionsCheckingInterval: LIMITS.connectionsCheckingInterval / 100,
  answerTimeout: LIMITS.answerTimeout / 100,
};

/** Node's own interval between two checks is 30 seconds: whatever comes sooner is ours. */
export const SOON = 5_000;

/** A log that is kept in memory. */
export function listeningLog() {
  const lines: string[] = [];
  return { lines, log: createLog({ level: 'debug', format: 'json' }, { write: (line) => lines.push(line) }) };
}

/** A connection without any HTTP of its own, and what came back over it. */
export interface Line {
  socket: Socket;
  heard(): string;
  /** Resolves when the other side has closed it; rejects when it does not. */
  closed(): Promise<void>;
  /** Resolves when what came back contains this. */
  until(text: string): Promise<void>;
}

/** Rejects when it takes longer than anything here may. */
async function soon(promise: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<never>();
  const deadline = setTimeout(() => late.reject(new Error('the connection is still open')), SOON);
  await Promise.race([promise, late.promise]);
  clearTimeout(deadline);
}

export async function openLine(t: Ending, port: number): Promise<Line> {
  const socket = connect(port, 'localhost');
  let heard = '';
  socket.on('data', (part) => (heard += part.toString('latin1')));
  // A reset is an end like any other here.
  socket.on('error', () => {});
  t.after(async () => {
    socket.destroy();
  });
  const end = Promise.withResolvers<void>();
  socket.once('close', () => end.resolve());
  await once(socket, 'connect');
  return {
    socket,
    heard: () => heard,
    closed: () => soon(end.promise),
    until: async (text) => {
      while (!heard.includes(text)) await once(socket, 'data', { signal: AbortSignal.timeout(SOON) });
    },
  };
}

/** Starts a server for one test and gives its port. */
export async function startServerOf(t: Ending, server: Server): Promise<number> {
  const port = await freePort();
  const listening = await listen(server, { port, address: 'localhost', setting: 'PORT' });
  t.after(async () => {
    server.closeAllConnections();
    await listening.close();
  });
  return port;
}
