import { z } from 'zod';
import { secretText } from './secrets.ts';
import { webAddress } from './web-address.ts';

/** Yubico's own service has had one address for all the world since 2020. */
const YUBICLOUD = ['https://api.yubico.com/wsapi/2.0/verify'];

const serverAddress = webAddress.refine((text) => !/[?#]/.test(text), {
  error: 'must not have a query (?) or fragment (#): it is filled in',
});

const yubicoGroup = z.strictObject({
  clientId: z
    .int()
    .min(1)
    .max(4_294_967_295)
    .optional()
    .describe(
      'Number of this installation at the service that validates YubiKey codes; with `secretKey` it switches them on.',
    ),
  secretKey: secretText(
    z
      .string()
      .regex(/^[A-Za-z0-9+/]{22,86}={0,2}$/, 'must be the key in base64 that came with the client id'),
  )
    .optional()
    .describe('Secret key that came with the client id: signs requests and answers.'),
  servers: z
    .array(serverAddress)
    .min(1)
    .max(10)
    .refine((list) => new Set(list).size === list.length, { error: 'must name each server once' })
    .default(YUBICLOUD)
    .describe(
      'Addresses that validate YubiKey codes (validation protocol 2.0), the one to ask first in front: YubiCloud, or servers of your own.',
    ),
});

type YubicoGroup = z.infer<typeof yubicoGroup>;

/** What is missing, each with the key that says so. */
function* gaps({
  clientId,
  secretKey,
  servers,
}: Partial<YubicoGroup>): Generator<[keyof YubicoGroup, string]> {
  if (clientId === undefined && secretKey !== undefined) {
    yield ['clientId', 'is needed with yubico.secretKey'];
  }
  if (clientId !== undefined && secretKey === undefined) {
    yield ['secretKey', 'is needed with yubico.clientId'];
  }
  const own = Array.isArray(servers) && servers.join() !== YUBICLOUD.join();
  if (own && clientId === undefined && secretKey === undefined) {
    yield ['clientId', 'is needed with yubico.servers'];
  }
}

/** Who validates the codes that YubiKeys type; nobody unless told. Half of it is a fault. */
export const yubicoSettings = yubicoGroup.superRefine(
  (group, context) => {
    for (const [key, message] of gaps(group)) context.addIssue({ code: 'custom', path: [key], message });
  },
  { when: ({ value }) => typeof value === 'object' && value !== null },
);
