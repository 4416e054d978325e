import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { z } from 'zod';

/** One mail as the server got it. */
export interface Received {
  from: string;
  to: string[];
  /** Headers and body, as they came. */
  raw: string;
  /** Whether it came over TLS. */
  secure: boolean;
  user: string | undefined;
}

export interface MailServer {
  port: number;
  received: Received[];
}

/** A real mail server on loopback for one test. It takes every mail unless `options` say otherwise. */
export async function startMailServer(
  t: Pick<TestContext, 'after'>,
  options: SMTPServerOptions,
  wantedPort = 0,
): Promise<MailServer> {
  const received: Received[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    closeTimeout: 100,
    onAuth: ({ username }, _session, done) => done(null, { user: username }),
    onData(stream, session, done) {
      const { mailFrom, rcptTo } = session.envelope;
      text(stream).then((raw) => {
        received.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          raw,
          secure: session.secure,
          user: z.string().optional().catch(undefined).parse(session.user),
        });
        done();
      }, done);
    },
    ...options,
  });
  // Clients that break off are a part of the tests.
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(wantedPort, '127.0.0.1', resolve));
  t.after(() => new Promise<void>((resolve) => server.close(resolve)));
  const { port } = z.object({ port: z.number() }).parse(server.server.address());
  return { port, received };
}

/** Header fields of a mail by lower-case name, unfolded (RFC 5322 §2.2.3); a field that is there twice has both. */
export function headersOf(raw: string): Map<string, string[]> {
  const [head = ''] = raw.split('\r\n\r\n');
  const fields = new Map<string, string[]>();
  for (const line of head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const [name = '', ...rest] = line.split(':');
    const value = rest.join(':').trim();
    fields.set(name.toLowerCase(), [...(fields.get(name.toLowerCase()) ?? []), value]);
  }
  return fields;
}
