import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { BlockList, isIP, isIPv6, type LookupFunction } from 'node:net';

/** IP networks by their first address and the bits that they have in common. */
export type Networks = readonly (readonly [network: string, prefix: number])[];

/** Keeps connections away from networks (security rule 13). */
export interface AddressGuard {
  /** Whether an IP address is outside of them all. IPv4 written as IPv6 (`::ffff:10.0.0.1`) counts as what it is. */
  allows(address: string): boolean;
  /**
   * Looks a name up as Node does, and refuses it when any of its addresses is in one of them. The connection goes to the
   * very address that was looked at. Node looks up no address, so that one in a URL has to be checked apart.
   */
  lookup: LookupFunction;
}

const familyOf = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4');

/** `refusal` makes what a name at a refused address fails with. */
export function createAddressGuard(refused: Networks, refusal: (hostname: string) => Error): AddressGuard {
  const list = new BlockList();
  for (const [network, prefix] of refused) list.addSubnet(network, prefix, familyOf(network));
  const allows = (address: string) => isIP(address) !== 0 && !list.check(address, familyOf(address));
  return {
    allows,
    lookup(hostname, options: LookupOptions, done) {
      lookup(hostname, { ...options, all: true }, (failure, addresses: LookupAddress[]) => {
        if (failure !== null) return done(failure, '', 0);
        const [first] = addresses;
        if (first === undefined || !addresses.every(({ address }) => allows(address))) {
          return done(refusal(hostname), '', 0);
        }
        if (options.all) done(null, addresses);
        else done(null, first.address, first.family);
      });
    },
  };
}
