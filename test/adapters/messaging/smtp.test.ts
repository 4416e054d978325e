import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { type AddressInfo, createServer } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import type { SMTPServerOptions } from 'smtp-server';
import { z } from 'zod';
import { createMailer, type SmtpParts } from '#adapters/messaging/smtp.ts';
import { createLog } from '#src/log.ts';
import type { Dispatch } from '#src/message/ports.ts';
import { type Behaviour, describeSupplierContract } from '../../contracts/supplier.ts';
import { makeAuthority } from '../../support/certificates.ts';
import { headersOf, type MailServer, startMailServer } from './mail-server.ts';

const to = 'hr.manager@employer.example';
const silentLog = createLog({ level: 'silent', format: 'json' });

interface Place {
  mailer: ReturnType<typeof createMailer>;
  server: MailServer;
}

function mailerAt(t: TestContext, port: number, parts: Partial<SmtpParts> = {}) {
  const mailer = createMailer({
    server: { implicitTls: false, host: '127.0.0.1', port, login: undefined },
    requireTls: true,
    from: { address: 'no-reply@login.example', name: 'Example, BV' },
    ...{ dkim: undefined, ca: undefined, log: silentLog },
    ...parts,
  });
  t.after(() => mailer[Symbol.dispose]());
  return mailer;
}

/** A mail server with a certificate that we trust, and a mailer that reaches it by STARTTLS. */
async function openPlace(
  t: TestContext,
  options: SMTPServerOptions = {},
  parts: Partial<SmtpParts> = {},
): Promise<Place> {
  const authority = await makeAuthority(t);
  const { cert, key } = await authority.issue('IP:127.0.0.1');
  const server = await startMailServer(t, { cert, key, ...options });
  return { server, mailer: mailerAt(t, server.port, { ca: authority.cert, ...parts }) };
}

const refusing = (responseCode: number) =>
  Object.assign(new Error(`${to} 123456 is not wanted`), { responseCode });

const LIES: Partial<Record<Behaviour, SMTPServerOptions>> = {
  silent: { onMailFrom: () => {} },
  busy: { onRcptTo: (_address, _session, done) => done(refusing(451)) },
  number: { onRcptTo: (_address, _session, done) => done(refusing(550)) },
  rejected: { onMailFrom: (_address, _session, done) => done(refusing(550)) },
};

/** A port where something else than a mail server is, or nothing. */
async function strangePort(t: TestContext, how: Behaviour): Promise<number> {
  const server = createServer((socket) => {
    if (how === 'garbage') socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    else socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = z
    .object({ port: z.number() })
    .parse(server.address() satisfies AddressInfo | string | null);
  if (how === 'absent') await new Promise((resolve) => server.close(resolve));
  else t.after(() => server.close());
  return port;
}

describeSupplierContract('A mail server', {
  ...{ channel: 'email', to },
  behaviours: ['silent', 'absent', 'cut', 'garbage', 'busy', 'impostor', 'number', 'rejected'],
  open: async (t, how, log) => {
    const { promise: reached, resolve } = Promise.withResolvers<void>();
    if (how === 'absent' || how === 'cut' || how === 'garbage') {
      return { supplier: mailerAt(t, await strangePort(t, how), { log }), arrived: [], reached };
    }
    const silent: SMTPServerOptions = { onMailFrom: () => resolve() };
    const trust = how === 'impostor' ? { ca: undefined, log } : { log };
    const { mailer, server } = await openPlace(t, how === 'silent' ? silent : LIES[how], trust);
    return {
      supplier: mailer,
      reached,
      get arrived() {
        return server.received.map((mail) => ({ to: mail.to.join(), text: textOf(mail.raw) }));
      },
    };
  },
});

/** The plain text of a mail of one part; in a mail, lines end with CRLF and so does the last one. */
function textOf(raw: string): string {
  const encoding = headersOf(raw).get('content-transfer-encoding')?.[0];
  const body = raw.slice(raw.indexOf('\r\n\r\n') + 4);
  const bytes =
    encoding === 'base64'
      ? Buffer.from(body, 'base64')
      : encoding === 'quoted-printable'
        ? Buffer.from(unquoted(body), 'latin1')
        : Buffer.from(body);
  return bytes.toString().replaceAll('\r\n', '\n').replace(/\n$/, '');
}

function unquoted(body: string): string {
  return body
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

const dispatch: Dispatch = {
  ...{ at: 1, channel: 'email', to, subject: 'Uw inlogcode', text: 'Uw code staat hier.', locale: 'nl' },
  ...{ tenantId: 't', issuer: 'https://login.example', delivery: 'd-1' },
};

const soon = () => AbortSignal.timeout(5000);

describe('mail', () => {
  test('goes over TLS by STARTTLS, or is not sent', async (t) => {
    const { mailer, server } = await openPlace(t);
    assert.deepEqual(await mailer.send(dispatch, soon()), { ok: true, supplier: 'smtp' });
    assert.equal(server.received[0]?.secure, true);
    const plain = await startMailServer(t, { hideSTARTTLS: true });
    const refused = await mailerAt(t, plain.port).send(dispatch, soon());
    assert.deepEqual(refused, { ok: false, fault: 'unreachable' });
    assert.deepEqual(plain.received, []);
  });

  test('may go without TLS to a server on this machine', async (t) => {
    const plain = await startMailServer(t, { hideSTARTTLS: true });
    const mailer = mailerAt(t, plain.port, { requireTls: false });
    assert.deepEqual(await mailer.send(dispatch, soon()), { ok: true, supplier: 'smtp' });
  });

  test('goes over TLS from the first byte where the address says so, with user and password', async (t) => {
    const authority = await makeAuthority(t);
    const { cert, key } = await authority.issue('IP:127.0.0.1');
    const { port, received } = await startMailServer(t, { cert, key, secure: true, authOptional: false });
    const login = { user: 'postmaster', password: 'p@ss' };
    const server = { implicitTls: true, host: '127.0.0.1', port, login };
    const result = await mailerAt(t, port, { server, ca: authority.cert }).send(dispatch, soon());
    assert.deepEqual(result, { ok: true, supplier: 'smtp' });
    assert.deepEqual([received[0]?.secure, received[0]?.user], [true, 'postmaster']);
  });

  test('is not sent when user and password are not taken', async (t) => {
    const { server, mailer } = await openPlace(
      t,
      { onAuth: (_auth, _session, done) => done(new Error('no')), authOptional: false },
      {},
    );
    const login = { user: 'u', password: 'p' };
    const place = { implicitTls: false, host: '127.0.0.1', port: server.port, login };
    assert.deepEqual(await mailer.send(dispatch, soon()), { ok: false, fault: 'rejected' });
    const authority = await makeAuthority(t);
    const { cert, key } = await authority.issue('IP:127.0.0.1');
    const other = await startMailServer(t, {
      cert,
      key,
      onAuth: (_auth, _session, done) => done(new Error('no')),
    });
    const mistaken = mailerAt(t, other.port, { server: { ...place, port: other.port }, ca: authority.cert });
    assert.deepEqual(await mistaken.send(dispatch, soon()), { ok: false, fault: 'rejected' });
  });

  test('says whom it is from, that a machine wrote it, and in both forms what it says', async (t) => {
    const { mailer, server } = await openPlace(t);
    await mailer.send({ ...dispatch, html: '<p>Uw code staat <b>hier</b>.</p>' }, soon());
    const [mail] = server.received;
    assert.ok(mail !== undefined);
    const headers = headersOf(mail.raw);
    assert.deepEqual(headers.get('from'), ['"Example, BV" <no-reply@login.example>']);
    assert.deepEqual(headers.get('to'), [to]);
    assert.deepEqual(headers.get('subject'), ['Uw inlogcode']);
    assert.deepEqual(headers.get('auto-submitted'), ['auto-generated']);
    assert.deepEqual(headers.get('message-id'), ['<d-1@login.example>']);
    assert.match(headers.get('content-type')?.[0] ?? '', /^multipart\/alternative/);
    assert.match(mail.raw, /Content-Type: text\/html/);
    assert.equal(mail.from, 'no-reply@login.example');
    assert.doesNotMatch(mail.raw, /nodemailer/i);
  });

  test('has no header and no receiver that a text or an address smuggled in', async (t) => {
    const { mailer, server } = await openPlace(t);
    const subject = 'Hallo\r\nBcc: victim@elsewhere.example\r\n\r\nx\u0000';
    assert.ok((await mailer.send({ ...dispatch, subject }, soon())).ok);
    for (const address of [
      'a@b.example, victim@elsewhere.example',
      'a@b.example\r\nBcc: victim@elsewhere.example',
      '"x" <a@b.example>',
      'group: a@b.example;',
      'a@b.example> SIZE=1',
      'nobody',
      '',
    ]) {
      const result = await mailer.send({ ...dispatch, to: address }, soon());
      assert.deepEqual(result, { ok: false, fault: 'number' }, address);
    }
    assert.equal(server.received.length, 1);
    const headers = headersOf(server.received[0]?.raw ?? '');
    assert.equal(headers.get('bcc'), undefined);
    assert.deepEqual(headers.get('subject'), ['Hallo Bcc: victim@elsewhere.example x']);
    assert.deepEqual(server.received[0]?.to, [to]);
  });

  test('is signed for its domain where a key is given (RFC 6376)', async (t) => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const dkim = { domain: 'login.example', selector: 'mail', privateKey: pem };
    const { mailer, server } = await openPlace(t, {}, { dkim });
    await mailer.send(dispatch, soon());
    const raw = server.received[0]?.raw ?? '';
    const [signature = ''] = headersOf(raw).get('dkim-signature') ?? [];
    assert.match(signature, /d=login\.example/);
    assert.match(signature, /s=mail/);
    assert.ok(isSigned(raw, signature, publicKey.export({ type: 'spki', format: 'pem' }).toString()));
  });
});

/** Whether the headers that a signature names are signed: canonicalised as `relaxed` says (RFC 6376 §3.4.2). */
function isSigned(raw: string, signature: string, publicPem: string): boolean {
  const headers = headersOf(raw);
  const relaxed = (name: string, value: string) => `${name}:${value.replaceAll(/[ \t]+/g, ' ').trim()}`;
  const names = (/\bh=([^;]+)/.exec(signature)?.[1] ?? '').replaceAll(' ', '').toLowerCase().split(':');
  const signed = names.flatMap((name) => (headers.get(name) ?? []).map((value) => relaxed(name, value)));
  const itself = relaxed('dkim-signature', signature.replace(/\bb=[^;]*$/, 'b='));
  const bytes = Buffer.from((/\bb=([^;]*)$/.exec(signature)?.[1] ?? '').replaceAll(' ', ''), 'base64');
  const text = Buffer.from([...signed, itself].join('\r\n'));
  return verify('rsa-sha256', text, createPublicKey(publicPem), bytes);
}
