import { createHttpGateway } from '#adapters/messaging/http-gateway.ts';
import { createMessageBird } from '#adapters/messaging/messagebird.ts';
import { createMessageBirdSignature } from '#adapters/messaging/messagebird-signature.ts';
import { createMessageBirdVoice } from '#adapters/messaging/messagebird-voice.ts';
import { outboxSupplier } from '#adapters/messaging/outbox.ts';
import { createMailer, type Mailer } from '#adapters/messaging/smtp.ts';
import type { Config } from '#config/settings.ts';
import { parseSmtpAddress } from '#config/smtp-address.ts';
import { fileText, readTextFile } from '#config/text-file.ts';
import { isLoopbackHost } from '#config/web-address.ts';
import type { Clock } from '#src/clock.ts';
import type { Log } from '#src/log.ts';
import { createCourier } from '#src/message/courier.ts';
import type { Courier, MessageOutlet, Supplier } from '#src/message/ports.ts';
import type { ReportVerifier } from '#src/message/report-verifier.ts';

export interface MessagingParts {
  config: Pick<Config, 'messaging' | 'unsafe'>;
  clock: Clock;
  log: Log;
  /** The only supplier, of every channel: nothing leaves the machine (trial, tests). */
  outbox?: MessageOutlet | undefined;
}

/** How messages leave the house. Disposing of it ends connections to the mail server. */
export interface Messaging {
  courier: Courier;
  /** Checks delivery reports; undefined where nobody sends any. */
  reports: ReportVerifier | undefined;
  [Symbol.dispose](): void;
}

type Parts = Pick<MessagingParts, 'config' | 'log'>;

/** Throws for a file that was there when the settings were checked. */
function textOf(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  const read = fileText(file, readTextFile);
  if (!read.ok) throw new Error(read.reason);
  return read.text;
}

/** Settings are complete for whoever they name: messaging.ts in config sees to that. */
function missing(setting: string): never {
  throw new Error(`the configuration was accepted without ${setting}`);
}

function smsSupplier(name: 'messagebird' | 'http', { config, log }: Parts): Supplier {
  const { accessKey, originator, signingKey } = config.messaging.messagebird;
  if (name === 'http') return gateway({ config, log });
  return createMessageBird({
    accessKey: accessKey?.reveal() ?? missing('messaging.messagebird.accessKey'),
    originator: originator ?? missing('messaging.messagebird.originator'),
    reports: signingKey !== undefined,
    log,
  });
}

function voiceSupplier(name: 'messagebird' | 'http', { config, log }: Parts): Supplier {
  const { accessKey, voiceOriginator, signingKey } = config.messaging.messagebird;
  if (name === 'http') return gateway({ config, log });
  return createMessageBirdVoice({
    accessKey: accessKey?.reveal() ?? missing('messaging.messagebird.accessKey'),
    originator: voiceOriginator,
    reports: signingKey !== undefined,
    log,
  });
}

function gateway({ config, log }: Parts): Supplier {
  const { sms, voice, http } = config.messaging;
  return createHttpGateway({
    url: http.url ?? missing('messaging.http.url'),
    authorization: http.authorization?.reveal(),
    body: http.body,
    from: http.from,
    channels: [
      ...(sms.includes('http') ? ['sms' as const] : []),
      ...(voice.includes('http') ? ['voice' as const] : []),
    ],
    allowPrivate: config.unsafe.privateGateway || config.unsafe.plainHttp,
    ca: textOf(http.caFile),
    log,
  });
}

function openMailer({ config, log }: Parts): Mailer | undefined {
  const { url, fromAddress, fromName, caFile, dkim } = config.messaging.mail;
  if (url === undefined) return undefined;
  const parsed = parseSmtpAddress(url.reveal());
  if (!parsed.ok) return missing('messaging.mail.url');
  const { domain, selector, privateKey } = dkim;
  const signs = domain !== undefined && selector !== undefined && privateKey !== undefined;
  return createMailer({
    server: parsed.address,
    requireTls: !isLoopbackHost(parsed.address.host),
    from: { address: fromAddress ?? missing('messaging.mail.fromAddress'), name: fromName },
    dkim: signs ? { domain, selector, privateKey: privateKey.reveal() } : undefined,
    ca: textOf(caFile),
    log,
  });
}

/** Picks the suppliers that the configuration names, in its order; or the outbox alone. */
export function composeMessaging({ config, clock, log, outbox }: MessagingParts): Messaging {
  if (outbox !== undefined) {
    const only = [outboxSupplier(outbox)];
    const courier = createCourier({ suppliers: { sms: only, voice: only, email: only }, clock, log });
    return { courier, reports: undefined, [Symbol.dispose]: () => {} };
  }
  const { sms, voice, messagebird } = config.messaging;
  const mailer = openMailer({ config, log });
  const suppliers = {
    sms: sms.map((name) => smsSupplier(name, { config, log })),
    voice: voice.map((name) => voiceSupplier(name, { config, log })),
    email: mailer === undefined ? [] : [mailer],
  };
  const { signingKey } = messagebird;
  return {
    courier: createCourier({ suppliers, clock, log }),
    reports:
      signingKey === undefined
        ? undefined
        : createMessageBirdSignature({ signingKey: signingKey.reveal(), clock }),
    [Symbol.dispose]: () => mailer?.[Symbol.dispose](),
  };
}
