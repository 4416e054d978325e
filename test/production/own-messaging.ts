import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { z } from 'zod';
import { startMailServer } from '../adapters/messaging/mail-server.ts';

/** An operator's gateway of text messages and mail server, both on this machine, and how a process is told of them. */
export interface OwnMessaging {
  env: Record<string, string>;
  /** The newest text message, as it came. */
  newestSms(): string;
  /** The code in the newest mail to an address: a line of its own in the part that is plain text. */
  codeMailedTo(address: string): string | undefined;
}

/** Opens both for one test; `password` is what the process shows to either. */
export async function openOwnMessaging(t: TestContext, password: string): Promise<OwnMessaging> {
  let sms = '';
  const gateway = createServer(async (req, res) => {
    sms = await text(req);
    res.end();
  });
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    gateway.closeAllConnections();
    gateway.close();
  });
  const { port } = z.object({ port: z.number() }).parse(gateway.address());
  const mail = await startMailServer(t, { disabledCommands: ['STARTTLS'], allowInsecureAuth: true });
  return {
    env: {
      POORTWACHTER_MESSAGING_SMS: 'http',
      POORTWACHTER_MESSAGING_HTTP_URL: `http://127.0.0.1:${port}/`,
      POORTWACHTER_MESSAGING_HTTP_AUTHORIZATION: `Bearer ${password}`,
      POORTWACHTER_MESSAGING_MAIL_URL: `smtp://sender:${password}@127.0.0.1:${mail.port}`,
      POORTWACHTER_MESSAGING_MAIL_FROM_ADDRESS: 'no-reply@test.example',
    },
    newestSms: () => sms,
    codeMailedTo: (address) => {
      const raw = mail.received.findLast(({ to }) => to.includes(address))?.raw ?? '';
      return /^(\d{6})\r?$/m.exec(raw)?.[1];
    },
  };
}
