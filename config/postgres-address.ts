import { isLoopbackHost } from './web-address.ts';

/** What a Postgres address says about who answers it. */
export interface PostgresReach {
  /** Leads to this machine only: a loopback address or a Unix socket. */
  local: boolean;
  /** TLS with a certificate that is checked, its host name included. */
  verified: boolean;
}

/** `postgres://user:password@/database` is allowed when the host stands in the query; no URL parser takes it. */
const NO_HOST = /^(postgres(?:ql)?:\/\/[^/?#]*@)\//;
const STAND_IN = 'no-host';

/**
 * Reads an address as pg does (pg-connection-string: `host` in the query wins, and so does the last of several). Only
 * `sslmode=verify-full` counts as verified: pg takes `prefer`, `require` and `verify-ca` for it today, but says that its
 * next major version gives them libpq's weaker meaning. An address without host is not local: PGHOST decides then.
 */
export function postgresReach(address: string): PostgresReach {
  const url = URL.parse(address.replace(NO_HOST, `$1${STAND_IN}/`));
  if (url === null) return { local: false, verified: false };
  const asked = url.searchParams.getAll('host').at(-1);
  const host = asked === undefined || asked === '' ? decodeHost(url.hostname) : asked;
  return {
    local: host.startsWith('/') || isLoopbackHost(host) || host === '::1',
    verified: url.searchParams.getAll('sslmode').at(-1) === 'verify-full',
  };
}

/** A socket's folder is written with %2F. */
function decodeHost(hostname: string): string {
  try {
    return decodeURIComponent(hostname);
  } catch {
    return hostname;
  }
}
