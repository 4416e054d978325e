import type { Clock } from '#src/clock.ts';
import type { Log } from '#src/log.ts';
import type { Courier } from '#src/message/ports.ts';
import type { QueueHandler } from '#src/message/queue-ports.ts';
import { createQueueRunner, type QueueRunner } from '#src/message/queue-runner.ts';
import { createMessageHandler, MESSAGE_KIND } from '#src/message/queued-message.ts';
import { LOGOUT_KIND } from '#src/provider/tell-logout.ts';
import { RECOVERY_KIND } from '#src/recovery/recovery-request.ts';
import type { SystemEvents } from '#src/system-events.ts';
import type { Durable } from './durable.ts';

/** Every kind of item that this version puts in and deals with. */
export const QUEUE_KINDS = [MESSAGE_KIND, RECOVERY_KIND, LOGOUT_KIND] as const;
type QueueKind = (typeof QUEUE_KINDS)[number];

export interface QueueParts {
  durable: Pick<Durable, 'queue'>;
  courier: Courier;
  events: SystemEvents;
  clock: Clock;
  log: Log;
}

/** The queue of this process. It keeps what is put in from the first moment, and deals with it once it is started. */
export interface Queue extends QueueRunner {
  /** Deals with one more kind of item; to be said before the start. */
  handle(kind: QueueKind, handler: QueueHandler): void;
}

/** The queue over its store, with messages as the kind that it can deal with by itself. */
export function composeQueue({ durable, courier, events, clock, log }: QueueParts): Queue {
  const handlers = new Map<string, QueueHandler>([[MESSAGE_KIND, createMessageHandler({ courier })]]);
  const runner = createQueueRunner({ store: durable.queue, handlers, events, clock, log });
  return {
    ...runner,
    handle: (kind, handler) => handlers.set(kind, handler),
    [Symbol.asyncDispose]: () => runner[Symbol.asyncDispose](),
  };
}
