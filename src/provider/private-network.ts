import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { BlockList, isIP, isIPv6, type LookupFunction } from 'node:net';
import { type FormPost, postForm } from './post-form.ts';

/** Where no application is, in whatever network: this machine, its own wires (metadata of clouds), groups (RFC 6890). */
const NEVER: readonly [network: string, prefix: number][] = [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 3],
  ['::', 127],
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
