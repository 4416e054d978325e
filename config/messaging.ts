import { createPrivateKey } from 'node:crypto';
import { z } from 'zod';
import { messageTemplate, placeholdersIn } from './message-template.ts';
import { readableText } from './readable-text.ts';
import { secretText } from './secrets.ts';
import { parseSmtpAddress } from './smtp-address.ts';
import { webAddress } from './web-address.ts';

/** Bits that a DKIM key should have at least (RFC 8301 §3.2). */
const DKIM_BITS = 2048;

const suppliers = z
  .array(z.enum(['messagebird', 'http']))
  .max(2)
  .refine((list) => new Set(list).size === list.length, { error: 'must name each supplier once' })
  .default([]);

const phoneNumber = z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be a phone number like +31201234567');

/** Printable, in one line: it becomes a header or a part of one. */
const headerText = z
  .string()
  .regex(/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/, 'must be one line of plain text');

const messagebird = z.strictObject({
  accessKey: secretText(headerText)
    .optional()
    .describe('Access key of the account at MessageBird; needed where `messagebird` is named.'),
  originator: z
    .string()
    .regex(
      /^([A-Za-z0-9][A-Za-z0-9 ]{0,10}|\+?[1-9]\d{6,14})$/,
      'must be at most 11 letters and digits, or a phone number',
    )
    .optional()
    .describe('Sender that people see of a text message: at most 11 letters and digits, or a number.'),
  voiceOriginator: phoneNumber
    .optional()
    .describe('Number that a call with a code comes from; absent: the one that MessageBird chooses.'),
  signingKey: secretText()
    .optional()
    .describe('Key that MessageBird signs its delivery reports with; without it none are asked for.'),
});

const caFile = z.string().min(1);
const caFileText = 'File with the CA certificates (PEM) that';
const inPlace = 'in place of the well-known ones';

const http = z.strictObject({
  url: webAddress.optional().describe('Address of your own gateway, that each message is posted to.'),
  authorization: secretText(headerText)
    .optional()
    .describe('What the Authorization header holds: `Bearer …` or `Basic …`.'),
  body: messageTemplate
    .default('{"to":"{to}","text":"{text}","reference":"{reference}"}')
    .describe('JSON that is posted; may have {to}, {text}, {from}, {reference}, {channel} and {locale}.'),
  from: z.string().min(1).max(40).optional().describe('What {from} stands for: the sender.'),
  caFile: caFile.optional().describe(`${caFileText} your gateway is checked against, ${inPlace}.`),
});

const smtpAddress = secretText(
  z.string().check((context) => {
    const parsed = parseSmtpAddress(context.value);
    if (parsed.ok) return;
    context.issues.push({ code: 'custom', input: context.value, message: parsed.fault });
  }),
);

/** Nodemailer signs with RSA alone. */
function dkimKeyFault(pem: string): string | undefined {
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey(pem);
    const fits = asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= DKIM_BITS;
    return fits ? undefined : `must be an RSA key of at least ${DKIM_BITS} bits`;
  } catch {
    return 'must be a private key without a passphrase (PEM)';
  }
}

const dkimKey = secretText(
  z.string().check((context) => {
    const message = dkimKeyFault(context.value);
    if (message !== undefined) context.issues.push({ code: 'custom', input: context.value, message });
  }),
);

const domainName = z
  .string()
  .regex(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/, 'must be a domain like example.org');

const selector = z
  .string()
  .regex(/^[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?$/, 'must be letters, digits, dots and hyphens');

const dkim = z.strictObject({
  domain: domainName.optional().describe('Domain that signs mail (DKIM), usually that of the sender.'),
  selector: selector.optional().describe('Selector under which the public key is in the DNS.'),
  privateKey: dkimKey.optional().describe('RSA key that signs mail, as PEM; best from a file.'),
});

const mail = z.strictObject({
  url: smtpAddress
    .optional()
    .describe('Mail server: `smtp://user:password@host:587` (STARTTLS) or `smtps://…:465`.'),
  fromAddress: z.email().max(254).optional().describe('Address that mail comes from.'),
  fromName: readableText({ max: 60 }).optional().describe('Name beside that address.'),
  caFile: caFile.optional().describe(`${caFileText} the mail server is checked against, ${inPlace}.`),
  dkim: dkim.prefault({}),
});

const group = z.strictObject({
  sms: suppliers.describe('Who sends text messages; the next one takes over when the first can not.'),
  voice: suppliers.describe('Who speaks codes in a phone call, likewise.'),
  messagebird: messagebird.prefault({}),
  http: http.prefault({}),
  mail: mail.prefault({}),
});

type Group = z.infer<typeof group>;

/** As much as these rules need; what is wrong by itself is told by its own schema, and counts as given. */
const named = z.array(z.string()).catch([]);
const readable = z.object({
  sms: named,
  voice: named,
  messagebird: z.looseObject({}).catch({}),
  http: z.looseObject({ body: z.string().catch('') }).catch({ body: '' }),
  mail: z.looseObject({ dkim: z.looseObject({}).catch({}) }).catch({ dkim: {} }),
});

type Readable = z.infer<typeof readable>;
type Gap = [path: [keyof Group, ...string[]], reason: string];

const has = (group: Record<string, unknown>, key: string) => group[key] !== undefined;

function* phoneGaps({ sms, voice, messagebird, http }: Readable): Generator<Gap> {
  const orders = Object.entries({ sms, voice });
  const namers = (supplier: string) =>
    orders.filter(([, order]) => order.includes(supplier)).map(([channel]) => `messaging.${channel}`);
  const [birdIn] = namers('messagebird');
  if (birdIn !== undefined && !has(messagebird, 'accessKey')) {
    yield [['messagebird', 'accessKey'], `is needed while ${birdIn} names messagebird`];
  }
  if (sms.includes('messagebird') && !has(messagebird, 'originator')) {
    yield [['messagebird', 'originator'], 'is needed while messaging.sms names messagebird'];
  }
  const [httpIn] = namers('http');
  if (httpIn !== undefined && !has(http, 'url'))
    yield [['http', 'url'], `is needed while ${httpIn} names http`];
  if (!has(http, 'from') && placeholdersIn(http.body).has('from')) {
    yield [['http', 'from'], 'is needed while messaging.http.body has {from}'];
  }
}

function* mailGaps({ mail }: Readable): Generator<Gap> {
  const some = has(mail, 'fromAddress') || has(mail, 'fromName') || Object.keys(mail.dkim).length > 0;
  if (some && !has(mail, 'url'))
    yield [['mail', 'url'], 'is needed with the other settings of messaging.mail'];
  if (has(mail, 'url') && !has(mail, 'fromAddress')) {
    yield [['mail', 'fromAddress'], 'is needed with messaging.mail.url'];
  }
  const dkimKeys = ['domain', 'selector', 'privateKey'];
  const [first] = dkimKeys.filter((key) => has(mail.dkim, key));
  for (const key of dkimKeys) {
    if (first === undefined || has(mail.dkim, key)) continue;
    yield [['mail', 'dkim', key], `is needed with messaging.mail.dkim.${first}`];
  }
}

/**
 * How messages leave the house. A supplier that is named but not set up, or only half, is told by the key that is
 * missing, also when another key is wrong in itself.
 */
export const messagingSettings = group.superRefine(
  (settings, context) => {
    const read = readable.parse(settings);
    for (const [path, message] of [...phoneGaps(read), ...mailGaps(read)]) {
      context.addIssue({ code: 'custom', path: [...path], message });
    }
  },
  { when: ({ value }) => typeof value === 'object' && value !== null },
);

/** Settings of messages, checked. */
export type MessagingSettings = Group;
