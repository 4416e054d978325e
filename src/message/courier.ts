import { randomUUID } from 'node:crypto';
import type { Clock } from '#src/clock.ts';
import type { Log } from '#src/log.ts';
import type { Channel, Courier, DeliveryFault, Order, SendResult, Supplier } from './ports.ts';

/** Time over all tries of one message, while a person waits for it (security.md, "deliveries"). Milliseconds. */
const PATIENCE = 10_000;

/** How much of the time that is left a supplier may take while others are to come: a silent first one leaves 4 s. */
const SHARE = 0.6;

/** How long a supplier that was out of order comes last: nobody waits for it at every message. Milliseconds. */
const AVOIDED = 30_000;

export interface CourierParts {
  /** Who serves each channel, in the order of the configuration. */
  suppliers: Readonly<Partial<Record<Channel, readonly Supplier[]>>>;
  clock: Clock;
  log: Log;
  /** Gives up a try after so many milliseconds. */
  timeout?: (ms: number) => AbortSignal;
}

/** Whether a fault is the supplier's own, so that the next message will meet it too. */
function isOutage(fault: DeliveryFault): boolean {
  return fault === 'unreachable' || fault === 'balance';
}

/** Enough to know a number again in a log, and too little to call it; an e-mail address has no such part. */
function endingOf({ channel, to }: Order): { ending?: string } {
  return channel === 'email' ? {} : { ending: to.slice(-2) };
}

/**
 * Hands each message to the first supplier of its channel that takes it. A supplier that refuses the number is no end:
 * another may have a route to it. When all refuse, the fault is `number` if one of them said so, for that is what a
 * person can mend; else the first one's.
 */
export function createCourier({
  suppliers,
  clock,
  log,
  timeout = AbortSignal.timeout,
}: CourierParts): Courier {
  const avoidedUntil = new Map<Supplier, number>();

  function inTurn(channel: Channel): Supplier[] {
    const all = suppliers[channel] ?? [];
    const isAvoided = (supplier: Supplier) => (avoidedUntil.get(supplier) ?? 0) > clock.now();
    return [...all.filter((one) => !isAvoided(one)), ...all.filter(isAvoided)];
  }

  /**
   * A try has an id of its own: late news of one that was given up must not pass for news of the next. An order that
   * names one is the same message however often it is tried.
   */
  async function attempt(supplier: Supplier, order: Order, ms: number): Promise<SendResult> {
    const { delivery = randomUUID() } = order;
    const about = { supplier: supplier.name, channel: order.channel, tenantId: order.tenantId, delivery };
    let result: SendResult;
    try {
      result = await supplier.send({ ...order, at: clock.now(), delivery }, timeout(ms));
    } catch (err) {
      log.error({ ...about, err }, 'supplier failed unexpectedly');
      result = { ok: false, fault: 'unreachable' };
    }
    if (result.ok) {
      avoidedUntil.delete(supplier);
      log.debug(about, 'message handed over');
      return result;
    }
    if (isOutage(result.fault)) avoidedUntil.set(supplier, clock.now() + AVOIDED);
    log.warn({ ...about, ...endingOf(order), fault: result.fault }, 'message not taken');
    return result;
  }

  async function send(order: Order): Promise<SendResult> {
    const turn = inTurn(order.channel);
    const end = clock.now() + PATIENCE;
    const faults: DeliveryFault[] = [];
    for (const [index, supplier] of turn.entries()) {
      const left = Math.min(end - clock.now(), PATIENCE);
      if (left <= 0) break;
      const isLast = index === turn.length - 1;
      const result = await attempt(supplier, order, Math.ceil(isLast ? left : left * SHARE));
      if (result.ok) return result;
      faults.push(result.fault);
    }
    const [first = 'unreachable'] = faults;
    if (turn.length === 0)
      log.error({ channel: order.channel, tenantId: order.tenantId }, 'nobody serves this');
    return { ok: false, fault: faults.includes('number') ? 'number' : first };
  }

  const channels = (['sms', 'voice', 'email'] as const).filter((channel) => suppliers[channel]?.length);
  return { channels, send };
}
