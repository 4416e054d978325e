import type { Message, MessageOutlet } from '#src/message/ports.ts';

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
