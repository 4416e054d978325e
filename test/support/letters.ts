import assert from 'node:assert/strict';
import { z } from 'zod';

/** Where messages went, newest first. */
interface SentMessages {
  outbox: { messages(): readonly { to: string; text: string }[] };
}

/** The newest message to a number or address. */
export function newestTo(from: SentMessages, to: string): string {
  const message = from.outbox.messages().find((candidate) => candidate.to === to);
  assert.ok(message, `nothing was sent to ${to}`);
  return message.text;
}

/** The trial's outbox as it is told to programs. */
const outbox = z.array(
  z.strictObject({
    at: z.iso.datetime(),
    channel: z.enum(['sms', 'voice', 'email']),
    to: z.string(),
    subject: z.string().optional(),
    text: z.string(),
  }),
);

/** The newest message to a number or address that a trial sent. */
export async function newestInOutbox(issuer: string, to: string): Promise<string> {
  const messages = outbox.parse(await (await fetch(`${issuer}/dev/outbox.json`)).json());
  return newestTo({ outbox: { messages: () => messages } }, to);
}

/** The six digits in a message. */
export function codeIn(text: string): string {
  const code = /(?<!\d)\d{6}(?!\d)/.exec(text)?.[0] ?? /(?:\d, ){5}\d/.exec(text)?.[0].replaceAll(', ', '');
  assert.ok(code, `no code in: ${text}`);
  return code;
}
