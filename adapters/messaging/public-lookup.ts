import { createAddressGuard, type Networks } from '#src/address-guard.ts';

/** Networks that nobody on the internet is in: this machine, private, shared, link-local, reserved (RFC 6890). */
const NOT_PUBLIC: Networks = [
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

function refusal(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${hostname} is at an address of a private network`), { code: 'EPRIVATE' });
}

const guard = createAddressGuard(NOT_PUBLIC, refusal);

/** Whether an IP address is one of the internet. */
export const isPublicAddress = guard.allows;

/** Looks a name up and refuses it when any of its addresses is not public (security rule 13). */
export const publicLookup = guard.lookup;
