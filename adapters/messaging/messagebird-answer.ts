import { z } from 'zod';
import type { DeliveryFault } from '#src/message/ports.ts';

/** What the SDK calls back with. */
type Callback = (failure: Error | null, answer: unknown) => void;

/** What MessageBird made of a message; `detail` is for the log and holds neither text nor number. */
export type MessageBirdOutcome = { ok: true } | { ok: false; fault: DeliveryFault; detail: object };

/** Milliseconds without a byte after which the SDK gives up by itself: a socket must not outlive its try for long. */
export const IDLE = 6000;

/** Codes of MessageBird's own (their documentation, "Errors"). */
const NO_BALANCE = 25;
const INTERNAL_ERROR = 99;
const ABOUT_PARAMETERS: ReadonlySet<number> = new Set([9, 10, 20, 21]);

const apiErrors = z
  .array(z.looseObject({ code: z.coerce.number(), parameter: z.string().nullish().catch(undefined) }))
  .min(1);

const apiFailure = z.looseObject({ statusCode: z.number().optional(), errors: apiErrors });

/** The cause lies in `error`: what the socket met, or that the answer was no JSON. */
const otherFailure = z.looseObject({
  statusCode: z.number().optional(),
  error: z.looseObject({ code: z.string().optional() }).optional(),
});

/** An answer that makes sense names the message, and its one receiver with a state. */
const created = z.looseObject({
  id: z.string().min(1),
  recipients: z.looseObject({ items: z.array(z.looseObject({ status: z.string() })).min(1) }),
});

/** States of a message that is given up as soon as it is made: no operator takes it. */
const GIVEN_UP: ReadonlySet<string> = new Set(['delivery_failed', 'failed', 'expired']);

function faultOf(statusCode: number, errors: z.infer<typeof apiErrors>): DeliveryFault {
  if (statusCode >= 500 || statusCode === 429) return 'unreachable';
  const codes = errors.map(({ code }) => code);
  if (codes.includes(NO_BALANCE)) return 'balance';
  if (codes.includes(INTERNAL_ERROR)) return 'unreachable';
  const aboutNumber = errors.every(
    ({ code, parameter }) => ABOUT_PARAMETERS.has(code) && /^recipients?$/.test(parameter ?? ''),
  );
  return aboutNumber ? 'number' : 'rejected';
}

/** Their descriptions are not logged: they repeat what was sent. */
function outcomeOf(failure: Error | null, answer: unknown): MessageBirdOutcome {
  const refused = apiFailure.safeParse(failure);
  if (refused.success) {
    const { statusCode = 0, errors } = refused.data;
    const told = errors.map(({ code, parameter }) => (parameter ? `${code} ${parameter}` : String(code)));
    return { ok: false, fault: faultOf(statusCode, errors), detail: { status: statusCode, errors: told } };
  }
  if (failure !== null) {
    const { statusCode, error } = otherFailure.catch({}).parse(failure);
    const detail = { status: statusCode, cause: error?.code ?? failure.message.slice(0, 100) };
    return { ok: false, fault: 'unreachable', detail };
  }
  const read = created.safeParse(answer);
  if (!read.success)
    return { ok: false, fault: 'unreachable', detail: { cause: 'an answer without a message' } };
  const [status = ''] = read.data.recipients.items.map((item) => item.status);
  return GIVEN_UP.has(status) ? { ok: false, fault: 'number', detail: { state: status } } : { ok: true };
}

/**
 * Waits for one call of the SDK no longer than `signal` says. The SDK can't be told to stop; what it brings later is
 * dropped, and its socket ends by `IDLE`.
 */
export function askMessageBird(
  call: (done: Callback) => void,
  signal: AbortSignal,
): Promise<MessageBirdOutcome> {
  const { promise, resolve } = Promise.withResolvers<MessageBirdOutcome>();
  const giveUp = () => resolve({ ok: false, fault: 'unreachable', detail: { cause: 'no answer in time' } });
  if (signal.aborted) giveUp();
  else {
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      call((failure, answer) => resolve(outcomeOf(failure, answer)));
    } catch (failure) {
      resolve(outcomeOf(failure instanceof Error ? failure : new Error('what was thrown is no error'), null));
    }
  }
  return promise.finally(() => signal.removeEventListener('abort', giveUp));
}

/** Numbers as MessageBird writes them: digits alone, country first. */
export function msisdn(e164: string): string {
  return e164.replace(/^\+/, '');
}

/** Where MessageBird reports what became of a message. */
export function reportAddress({ issuer, delivery }: { issuer: string; delivery: string }): string {
  return `${issuer}/webhooks/messagebird/${delivery}`;
}
