import { isIP } from 'node:net';
import { createAddressGuard, type Networks } from '#src/address-guard.ts';
import { type FormPost, postForm } from './post-form.ts';

/**
 * Where no application is, in whatever network: loopback, the machine's own wires, groups (RFC 6890), what carries an
 * IPv4 address inside and could be any of them, and where clouds hand out what a machine is.
 */
const NEVER: Networks = [
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

function refusal(hostname: string): Error {
  return new Error(`${hostname} is at a special-use address`);
}

const guard = createAddressGuard(NEVER, refusal);

/** Whether an application may be at an IP address, private ones among them. */
export const canBeApplication = guard.allows;

/** Posts a form to an application of a private network; of the answer only the status is read. Throws as fetch does. */
export async function postToPrivateNetwork(address: URL, post: FormPost): Promise<Response> {
  const literal = address.hostname.replace(/^\[|\]$/g, '');
  // Node looks up no address that stands in a URL as it is.
  if (isIP(literal) !== 0 && !canBeApplication(literal)) {
    throw new TypeError('fetch failed', { cause: refusal(literal) });
  }
  return postForm(address, post, guard.lookup);
}
