import { z } from 'zod';
import type { AccountId } from '#src/account/account.ts';
import type { TenantId } from '#src/tenant/tenant.ts';
import type { Channel, Courier } from './ports.ts';
import type { Handled, QueueHandler, QueueItem } from './queue-ports.ts';

/** Kind of the items that are messages, ready to be sent. */
export const MESSAGE_KIND = 'message';

/** Milliseconds after which a message is of no use any more, unless whoever sends it knows better. */
export const MESSAGE_LIFE = 24 * 60 * 60_000;

/** What is sent, in words. `subject` and `html` are for e-mail only. */
export interface MessageContent {
  channel: Channel;
  /** E.164 or e-mail address. */
  to: string;
  subject?: string | undefined;
  text: string;
  html?: string | undefined;
  locale: 'nl' | 'en';
}

/** One message of the queue. Times in milliseconds since the epoch. */
export interface NewMessage {
  /** The idempotency key: a random UUID, or `derivedId` of what caused it. */
  id: string;
  tenantId: TenantId;
  /** Of the tenant: suppliers of text messages report to addresses under it. */
  issuer: string;
  accountId: AccountId | undefined;
  createdAt: number;
  /** By default a day later. */
  expiresAt?: number | undefined;
  message: MessageContent;
}

const payloadSchema = z.object({
  issuer: z.string(),
  channel: z.enum(['sms', 'voice', 'email']),
  to: z.string(),
  subject: z.string().optional(),
  text: z.string(),
  html: z.string().optional(),
  locale: z.enum(['nl', 'en']),
});

/** The item that sends this message. Of where it goes it shows the channel and the last two digits of a number. */
export function queuedMessage(of: NewMessage): QueueItem {
  const { id, tenantId, issuer, accountId, createdAt, expiresAt = createdAt + MESSAGE_LIFE, message } = of;
  const { channel, to } = message;
  return {
    ...{ id, tenantId, accountId, kind: MESSAGE_KIND, createdAt, expiresAt, channel },
    payload: JSON.stringify({ issuer, ...message } satisfies z.input<typeof payloadSchema>),
    ending: channel === 'email' ? undefined : to.slice(-2),
  };
}

function contentOf(payload: string): z.infer<typeof payloadSchema> | undefined {
  try {
    return payloadSchema.parse(JSON.parse(payload));
  } catch {
    // What was put in by another version: the words of it are no matter for a log.
    return undefined;
  }
}

/**
 * Sends such items. A receiver that can't be reached by any supplier is the end of it; all else may be mended by
 * waiting, or by an operator. Each try goes out under the item's own id, so that a mail that was taken without our
 * hearing of it carries the same Message-ID the second time.
 */
export function createMessageHandler({ courier }: { courier: Courier }): QueueHandler {
  return async ({ id, tenantId, payload }): Promise<Handled> => {
    const content = contentOf(payload);
    if (content === undefined) return { kind: 'dead', fault: 'malformed' };
    const result = await courier.send({ tenantId, ...content, delivery: id });
    if (result.ok) return { kind: 'done', supplier: result.supplier, delivery: result.delivery };
    return { kind: result.fault === 'number' ? 'dead' : 'retry', fault: result.fault };
  };
}
