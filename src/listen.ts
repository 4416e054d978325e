import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from './errors.ts';

/** Milliseconds that running requests have to end, and connections that never said anything to say it. */
const CLOSING_PATIENCE = 5_000;

export interface Listening {
  port: number;
  /** Stops taking connections, closes what is idle, lets running requests end, and after a while ends the rest. */
  close(): Promise<void>;
}

function reasonOf(failure: unknown): string {
  return failure instanceof Error && 'code' in failure ? String(failure.code) : 'unknown';
}

/**
 * Starts a server on a port. `setting` is the variable an operator changes when the port is taken. Throws
 * AppError `port-in-use` with a sentence that names both.
 */
export async function listen(
  server: Server,
  { port, address, setting }: { port: number; address: string; setting: string },
): Promise<Listening> {
  const { promise, resolve, reject } = Promise.withResolvers<AddressInfo | string | null>();
  server.once('error', reject);
  server.listen({ port, host: address }, () => resolve(server.address()));
  const bound = await promise.catch((cause: unknown) => {
    const code = reasonOf(cause);
    const sentence =
      code === 'EADDRINUSE'
        ? `port ${port} is taken by another program; set ${setting} to a free one`
        : `can not listen on ${address} port ${port} (${code}); set ${setting}`;
    throw new AppError('port-in-use', 500, sentence, { cause });
  });
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : port,
    close: async () => {
      const closed = Promise.withResolvers<void>();
      // A connection whose last request ends now is kept no longer for a next one.
      server.keepAliveTimeout = 1;
      server.close(() => closed.resolve());
      server.closeIdleConnections();
      const deadline = setTimeout(() => server.closeAllConnections(), CLOSING_PATIENCE);
      await closed.promise;
      clearTimeout(deadline);
    },
  };
}
