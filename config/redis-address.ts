import { isIPv6 } from 'node:net';

/** One server of Redis, Sentinel or Cluster. */
export interface RedisNode {
  /** A name or an address; an IPv6 address without its brackets. */
  host: string;
  /** Undefined: the customary one, which is 26379 for a sentinel and 6379 for everything else. */
  port: number | undefined;
}

/** What a Redis address says. */
export interface RedisAddress {
  /** `rediss://`: every connection is encrypted and the other side's certificate is checked. */
  tls: boolean;
  username: string | undefined;
  password: string | undefined;
  /** At least one; several for Sentinel and Cluster. */
  nodes: readonly [RedisNode, ...RedisNode[]];
  database: number;
}

/** The address in its parts, or what is wrong with it: a sentence without its subject and without any of its text. */
export type ParsedRedisAddress = { ok: true; address: RedisAddress } | { ok: false; fault: string };

const HOSTS_FAULT =
  'must name hosts as host:port, with commas between several, and special characters of the password percent-encoded';

/**
 * Reads `redis[s]://[[user]:password@]host[:port][,host[:port]…][/database]`. User name and password are
 * percent-decoded (RFC 3986 §2.1), an IPv6 address stands in brackets (§3.2.2). This is the one place that does.
 */
export function parseRedisAddress(text: string): ParsedRedisAddress {
  const scheme = /^(rediss?):\/\//.exec(text);
  if (scheme === null) return refused('must begin with redis:// or rediss://');
  const rest = text.slice(scheme[0].length);
  if (/[?#\s]/.test(rest)) return refused('must not have a space, ? or # (in a password: %20, %3F, %23)');
  const [authority = '', database, ...more] = rest.split('/');
  if (more.length > 0 || !/^\d{0,5}$/.test(database ?? '')) {
    return refused('must have nothing but a database number after its hosts (a / in a password is %2F)');
  }
  const at = authority.lastIndexOf('@');
  const login = at < 0 ? undefined : readLogin(authority.slice(0, at));
  if (at >= 0 && login === undefined) {
    return refused('must have user:password before the @, with special characters percent-encoded');
  }
  const [first, ...others] = authority
    .slice(at + 1)
    .split(',')
    .map(readNode);
  if (first === undefined || others.includes(undefined)) return refused(HOSTS_FAULT);
  const nodes = [first, ...others.filter((node) => node !== undefined)] as const;
  const tls = scheme[1] === 'rediss';
  return {
    ok: true,
    address: {
      tls,
      username: login?.username,
      password: login?.password,
      nodes: [...nodes],
      database: Number(database ?? 0),
    },
  };
}

/** The hosts that an address names, as `URL.hostname` would give them: `[::1]` in brackets. None when it is no address. */
export function redisHosts(text: string): string[] {
  const parsed = parseRedisAddress(text);
  if (!parsed.ok) return [];
  return parsed.address.nodes.map(({ host }) => (isIPv6(host) ? `[${host}]` : host));
}

function refused(fault: string): ParsedRedisAddress {
  return { ok: false, fault };
}

/** `user:password`, `:password` (the default user) or `user`; undefined when it can't be read. */
function readLogin(text: string): Pick<RedisAddress, 'username' | 'password'> | undefined {
  const colon = text.indexOf(':');
  const user = colon < 0 ? text : text.slice(0, colon);
  try {
    return {
      username: decodeURIComponent(user) || undefined,
      password: colon < 0 ? undefined : decodeURIComponent(text.slice(colon + 1)) || undefined,
    };
  } catch {
    return undefined;
  }
}

function readNode(text: string): RedisNode | undefined {
  const found = /^(?:\[([^\]]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?$/.exec(text);
  const [, v6, name, digits] = found ?? [];
  const host = v6 ?? name;
  if (host === undefined || (v6 !== undefined && !isIPv6(v6))) return undefined;
  const port = digits === undefined ? undefined : Number(digits);
  if (port !== undefined && (port < 1 || port > 65_535)) return undefined;
  return { host, port };
}
