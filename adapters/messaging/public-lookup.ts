import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { BlockList, isIP, isIPv6, type LookupFunction } from 'node:net';

/** Networks that nobody on the internet is in: this machine, private, shared, link-local, reserved (RFC 6890). */
const NOT_PUBLIC: readonly [network: string, prefix: number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
  ['::', 127],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
];

const familyOf = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4');

function blockList(): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of NOT_PUBLIC) list.addSubnet(network, prefix, familyOf(network));
  return list;
}

const notPublic = blockList();

/** Whether an IP address is one of the internet. IPv4 written as IPv6 (`::ffff:10.0.0.1`) counts as what it is. */
export function isPublicAddress(address: string): boolean {
  return isIP(address) !== 0 && !notPublic.check(address, familyOf(address));
}

function refusal(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${hostname} is at an address of a private network`), { code: 'EPRIVATE' });
}

/**
 * Looks a name up as Node does, and refuses it when any of its addresses is not public (security rule 13). The
 * connection goes to the very address that was looked at. Node looks up no address, so that one in a URL has to be
 * checked apart.
 */
export const publicLookup: LookupFunction = (hostname, options: LookupOptions, done) => {
  lookup(hostname, { ...options, all: true }, (failure, addresses: LookupAddress[]) => {
    if (failure !== null) return done(failure, '', 0);
    const [first] = addresses;
    if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address))) {
      return done(refusal(hostname), '', 0);
    }
    if (options.all) done(null, addresses);
    else done(null, first.address, first.family);
  });
};
