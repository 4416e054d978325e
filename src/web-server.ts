import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';

type Limit =
  | 'headersTimeout'
  | 'requestTimeout'
  | 'connectionsCheckingInterval'
  | 'keepAliveTimeout'
  | 'maxHeaderSize';

/** What one connection may take of us: milliseconds, and bytes of a request's head. */
export type WebServerLimits = Required<{ [Name in Limit]: NonNullable<ServerOptions[Name]> }>;

export const LIMITS: WebServerLimits = {
  /** Time for the head of a request, and for all of it; a connection between two requests is not counted. */
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  /** Node looks for late connections only this often, by default every 30 seconds. */
  connectionsCheckingInterval: 5_000,
  /** Longer than the 60 seconds for which nginx and load balancers keep a connection: who closes first must be they. */
  keepAliveTimeout: 65_000,
  /**
   * An authorization request at the bounds of its parameters takes 12 kB of address when each character is written
   * as six, and a browser brings the cookies of the whole domain. What a request makes us keep is bounded apart.
   */
  maxHeaderSize: 16 * 1024,
};

/** The server for people and applications, which ends connections that are slow, silent or too wordy. */
export function createWebServer(answer: RequestListener, limits: WebServerLimits = LIMITS): Server {
  return createServer(limits, answer);
}
