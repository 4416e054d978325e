import type { Message, MessageOutlet, Supplier } from '#src/message/ports.ts';

/** How many messages are kept; older ones are dropped. */
const LIMIT = 200;

/** An outlet that keeps what it is given, newest first: the trial's letterbox. Nothing leaves the machine. */
export interface Outbox extends MessageOutlet {
  messages(): readonly Message[];
}

export function createOutbox(): Outbox {
  let kept: readonly Message[] = [];
  return {
    send: async (message) => {
      kept = [{ ...message }, ...kept].slice(0, LIMIT);
    },
    messages: () => kept,
  };
}

/** The letterbox as a supplier of every channel: what people would have received, as plain text. */
export function outboxSupplier(outbox: MessageOutlet): Supplier {
  const name = 'outbox';
  return {
    name,
    channels: ['sms', 'voice', 'email'],
    send: async ({ at, channel, to, subject, text }, signal) => {
      if (signal.aborted) return { ok: false, fault: 'unreachable' };
      await outbox.send({ at, channel, to, ...(subject !== undefined && { subject }), text });
      return { ok: true, supplier: name };
    },
  };
}
