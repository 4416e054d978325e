import type { IncomingMessage } from 'node:http';
import { isIP, isIPv6 } from 'node:net';
import type { Tenant } from './tenant/tenant.ts';

/** Headers by which a proxy, or somebody posing as one, would tell another host, scheme or port. */
const FORWARDING = [
  'forwarded',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-server',
  'x-original-url',
  'x-rewrite-url',
];

/** The ports a browser leaves out. */
const DEFAULT_PORT = /:(?:80|443)$/;

/** One spelling of a host: lower case, as the URL standard writes it, without a scheme's own port. */
function spelled(host: string): string | undefined {
  if (!URL.canParse(`http://${host}`)) return undefined;
  const url = new URL(`http://${host}`);
  const bare = url.pathname === '/' && `${url.username}${url.password}${url.search}${url.hash}` === '';
  return bare ? url.host.replace(DEFAULT_PORT, '') : undefined;
}

/**
 * The host a request is for, as TenantDirectory knows it; undefined when it names none. Only the Host header
 * counts: an absolute request target (RFC 9112 §3.2.2) must name the same host.
 */
export function requestedHost(req: IncomingMessage): string | undefined {
  const host = req.headers.host === undefined ? undefined : spelled(req.headers.host);
  const target = req.url ?? '/';
  if (target.startsWith('/')) return host;
  return URL.canParse(target) && spelled(new URL(target).host) === host ? host : undefined;
}

/** The host under which a tenant with this issuer is asked for. */
export function hostOf(issuer: string): string {
  return new URL(issuer).host;
}

/**
 * Rewrites target, host, port and scheme to the tenant's canonical origin, because oidc-provider builds the
 * addresses it publishes from the request (security rule 12).
 */
export function canonicalise(req: IncomingMessage, tenant: Tenant, address: string): void {
  const origin = new URL(tenant.issuer);
  const target = req.url ?? '/';
  if (!target.startsWith('/')) {
    const { pathname, search } = new URL(target);
    req.url = `${pathname}${search}`;
  }
  for (const name of FORWARDING) delete req.headers[name];
  req.headers.host = origin.host;
  req.headers['x-forwarded-proto'] = origin.protocol.slice(0, -1);
  req.headers['x-forwarded-for'] = address;
}

/**
 * The address in an entry of X-Forwarded-For. Some proxies add the port, and then brackets around IPv6 (RFC 7239
 * §6 writes it so, too); undefined for what is no address.
 */
function addressIn(entry: string): string | undefined {
  const bracketed = /^\[(.*)\](?::\d+)?$/.exec(entry)?.[1];
  if (bracketed !== undefined) return isIPv6(bracketed) ? bracketed : undefined;
  const address = entry.replace(/^([\d.]+):\d+$/, '$1');
  return isIP(address) === 0 ? undefined : address;
}

/**
 * The browser's address: the socket's own, or the one that the outermost of `hops` trusted proxies wrote into
 * X-Forwarded-For. What stands left of it was written by strangers. Without port and brackets, for whoever counts
 * by it would see either one browser as many or all of them as one.
 */
export function browserAddress(req: IncomingMessage, hops: number): string {
  const socket = req.socket.remoteAddress ?? '';
  if (hops === 0) return socket;
  const header = req.headers['x-forwarded-for'];
  const entries = (Array.isArray(header) ? header.join(',') : (header ?? ''))
    .split(',')
    .map((entry) => entry.trim());
  return addressIn(entries.at(-hops) ?? '') ?? socket;
}
