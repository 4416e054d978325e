import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { BlockList, isIP, isIPv6, type LookupFunction } from 'node:net';
import { type FormPost, postForm } from './post-form.ts';

/**
 * Where no application is, in whatever network: loopback, the machine's own wires, groups (RFC 6890), what carries an
 * IPv4 address inside and could be any of them, and where clouds hand out what a machine is.
 */
const NEVER: readonly [network: string, prefix: number][] = [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['100.100.100.200', 32],
  ['169.254.0.0', 16],
  ['192.0.0.0', 24],
  ['224.0.0.0', 3],
  ['::', 127],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2002::', 16],
  ['fd00:ec2::254', 128],
  ['fd20:ce::254', 128],
  ['fe80::', 10],
  ['ff00::', 8],
];

const familyOf = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4');

function blockList(): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of NEVER) list.addSubnet(network, prefix, familyOf(network));
  return list;
}

const never = blockList();

/** Whether an application may be at an IP address, private ones among them. IPv4 written as IPv6 counts as what it is. */
export function canBeApplication(address: string): boolean {
  return isIP(address) !== 0 && !never.check(address, familyOf(address));
}

function refusal(hostname: string): Error {
  return new Error(`${hostname} is at a special-use address`);
}

/** Looks a name up as Node does, and refuses it when an application can not be at any one of its addresses. */
export const applicationLookup: LookupFunction = (hostname, options: LookupOptions, done) => {
  lookup(hostname, { ...options, all: true }, (failure, addresses: LookupAddress[]) => {
    if (failure !== null) return done(failure, '', 0);
    const [first] = addresses;
    if (first === undefined || !addresses.every(({ address }) => canBeApplication(address))) {
      return done(refusal(hostname), '', 0);
    }
    if (options.all) done(null, addresses);
    else done(null, first.address, first.family);
  });
};

/** Posts a form to an application of a private network; of the answer only the status is read. Throws as fetch does. */
export async function postToPrivateNetwork(address: URL, post: FormPost): Promise<Response> {
  const literal = address.hostname.replace(/^\[|\]$/g, '');
  // Node looks up no address that stands in a URL as it is.
  if (isIP(literal) !== 0 && !canBeApplication(literal)) {
    throw new TypeError('fetch failed', { cause: refusal(literal) });
  }
  return postForm(address, post, applicationLookup);
}
