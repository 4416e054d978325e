import { z } from 'zod';
import type { SmtpAddress } from '#config/smtp-address.ts';
import type { Log } from '#src/log.ts';
import type { DeliveryFault, Dispatch, SendResult, Supplier } from '#src/message/ports.ts';

export interface SmtpParts {
  server: SmtpAddress;
  /** Whether a connection that can't be encrypted is given up; false only for a server on this machine. */
  requireTls: boolean;
  from: { address: string; name: string | undefined };
  dkim: { domain: string; selector: string; privateKey: string } | undefined;
  /** CA certificates (PEM) in place of the well-known ones. */
  ca: string | undefined;
  log: Log;
}

/** A supplier that keeps connections open. */
export interface Mailer extends Supplier {
  [Symbol.dispose](): void;
}

/** Milliseconds for each step of a conversation; all of it is bounded by the try's signal. */
const STEP = 5000;

/** One address as we write it in an envelope: nothing that a mail server or a header would take for more. */
const ONE_ADDRESS = /^[^\s<>,;:"()\\\p{Cc}]+@[^\s<>,;:"()\\\p{Cc}@]+$/u;

const smtpFailure = z.looseObject({
  code: z.string().optional().catch(undefined),
  command: z.string().optional().catch(undefined),
  responseCode: z.number().optional().catch(undefined),
});

type SmtpFailure = z.infer<typeof smtpFailure>;

/** 5xx is final (RFC 5321 §4.2.1): about the receiver after RCPT TO, about us everywhere else. 4xx may pass. */
function faultOf({ code = '', command = '', responseCode = 0 }: SmtpFailure): DeliveryFault {
  if (responseCode >= 500 && responseCode !== 503) return command.startsWith('RCPT') ? 'number' : 'rejected';
  const isOurs = ['EAUTH', 'ENOAUTH', 'EMESSAGE', 'ECONFIG'].includes(code) && responseCode === 0;
  return isOurs ? 'rejected' : 'unreachable';
}

/** A header of one line: line ends would begin another header. */
function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ').trim();
}

/** Loads the library first, so that only who sends mail pays for it. */
async function openTransport({ server, requireTls, dkim, ca }: SmtpParts) {
  const { host, implicitTls, port, login } = server;
  const { createTransport } = await import('nodemailer');
  return createTransport({
    pool: true,
    host: host.replace(/^\[|\]$/g, ''),
    port: port ?? (implicitTls ? 465 : 587),
    secure: implicitTls,
    requireTLS: requireTls && !implicitTls,
    tls: { minVersion: 'TLSv1.2', rejectUnauthorized: true, ...(ca !== undefined && { ca }) },
    ...(login !== undefined && { auth: { user: login.user, pass: login.password } }),
    ...(dkim !== undefined && {
      dkim: { domainName: dkim.domain, keySelector: dkim.selector, privateKey: dkim.privateKey },
    }),
    connectionTimeout: STEP,
    greetingTimeout: STEP,
    dnsTimeout: STEP,
    socketTimeout: 2 * STEP,
    maxRequeues: 1,
    // Nothing of ours is in a file or on the web.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

/**
 * Mail over SMTP, with certificates always checked. It tells apart who wants no mail from us (`rejected`), whose
 * address does not exist (`number`) and who can't be reached now.
 */
export function createMailer(parts: SmtpParts): Mailer {
  const { from, log } = parts;
  const name = 'smtp';
  let opening: ReturnType<typeof openTransport> | undefined;
  const domain = from.address.split('@').at(-1);

  function mailOf({ to, subject = '', text, html, delivery }: Dispatch) {
    return {
      from: { name: from.name ?? '', address: from.address },
      to: { name: '', address: to },
      envelope: { from: from.address, to: [to] },
      subject: oneLine(subject),
      text,
      ...(html !== undefined && { html }),
      messageId: `<${delivery}@${domain}>`,
      // So that no out-of-office message comes back (RFC 3834 §5).
      headers: { 'Auto-Submitted': 'auto-generated' },
      xMailer: false as const,
    };
  }

  async function send(dispatch: Dispatch, signal: AbortSignal): Promise<SendResult> {
    const about = { supplier: name, channel: dispatch.channel, delivery: dispatch.delivery };
    if (!ONE_ADDRESS.test(dispatch.to)) {
      log.warn({ ...about, cause: 'not one address' }, 'supplier refused a message');
      return { ok: false, fault: 'number' };
    }
    try {
      opening ??= openTransport(parts);
      const transport = await opening;
      await transport.sendMail({ ...mailOf(dispatch), signal });
      return { ok: true, supplier: name };
    } catch (failure) {
      const { code, command, responseCode } = smtpFailure.catch({}).parse(failure);
      const fault = signal.aborted ? 'unreachable' : faultOf({ code, command, responseCode });
      log.warn({ ...about, cause: code, command, status: responseCode }, 'supplier refused a message');
      return { ok: false, fault };
    }
  }

  return {
    name,
    channels: ['email'],
    send,
    [Symbol.dispose]: () => {
      // What could not be opened was told by the mail that wanted it.
      opening?.then(
        (transport) => transport.close(),
        () => {},
      );
    },
  };
}
