import { randomBytes, randomUUID } from 'node:crypto';
import { createDigester } from '#adapters/crypto/digester.ts';
import { createMemoryOneTimeStore } from '#adapters/memory/one-time-store.ts';
import { createMemoryThrottleStore } from '#adapters/memory/throttle-store.ts';
import type { TenantSettings } from '#config/tenant.ts';
import type { ThrottleStore } from '#src/lockout/ports.ts';
import { createLog } from '#src/log.ts';
import { createOneTimeCodes } from '#src/message/one-time-codes.ts';
import type { Channel, Courier, DeliveryFault, Message } from '#src/message/ports.ts';
import { createSendLimiter } from '#src/message/send-limiter.ts';
import type { MethodContext } from '#src/sign-in/factor.ts';
import type { Factor, FactorStore } from '#src/sign-in/ports.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import { createTestClock } from '../../support/clock.ts';
import { createNotedEvents } from '../../support/noted-events.ts';
import { tenantSettings } from '../../support/tenants.ts';

/** A mobile number and a landline that could be somebody's. */
export const MOBILE = '+31612345678';
export const LANDLINE = '+31302345678';

/** Sent messages, without what only the courier adds. */
export type Dispatched = Omit<Message, 'at'> & { tenantId: string; issuer: string };

/** A courier that keeps what it is given, or has a fault. */
export interface TestCourier extends Courier {
  channels: readonly Channel[];
  fault: DeliveryFault | undefined;
  readonly sent: Dispatched[];
}

export function createTestCourier(): TestCourier {
  const sent: Dispatched[] = [];
  return {
    channels: ['sms', 'voice', 'email'],
    fault: undefined,
    sent,
    async send(message) {
      if (this.fault !== undefined) return { ok: false, fault: this.fault };
      sent.push(message);
      return { ok: true, supplier: 'test', delivery: `delivery-${sent.length}` };
    },
  };
}

/** Factors in a list, as far as messages need them. */
export function createTestFactors() {
  const all: Factor[] = [];
  const store: Pick<FactorStore, 'list' | 'countAccounts'> = {
    list: async (tenantId, accountId) =>
      all.filter((factor) => factor.tenantId === tenantId && factor.accountId === accountId),
    countAccounts: async (tenantId, kind, identity) => {
      const same = all.filter(
        (factor) => factor.tenantId === tenantId && factor.kind === kind && factor.identity === identity,
      );
      return new Set(same.map(({ accountId }) => accountId)).size;
    },
  };
  return { ...store, all };
}

/** A tenant that nobody else uses. */
export function newTenant(changes: Partial<TenantSettings> = {}): Tenant {
  const settings = tenantSettings('berichten', changes);
  return { id: randomUUID(), key: settings.key, issuer: 'https://login.voorbeeld.example:8443', settings };
}

let addresses = 0;
/** A fresh address for each call: limits per address are those of one test. */
export function newAddress(): string {
  addresses += 1;
  return `10.${(addresses >> 16) & 255}.${(addresses >> 8) & 255}.${addresses & 255}`;
}

/** Memory stores, a courier and a clock, and all that sends codes over them. */
export function createMessageBench(throttleOf: (throttle: ThrottleStore) => ThrottleStore = (same) => same) {
  const clock = createTestClock();
  const lines: Record<string, unknown>[] = [];
  const log = createLog(
    { level: 'debug', format: 'json' },
    { write: (line) => lines.push(JSON.parse(line)) },
  );
  const digester = createDigester(randomBytes(32));
  const { noted, events } = createNotedEvents();
  const throttle = throttleOf(createMemoryThrottleStore({ clock }));
  const oneTime = createMemoryOneTimeStore({ clock });
  return {
    clock,
    log,
    lines,
    noted,
    events,
    digester,
    throttle,
    oneTime,
    courier: createTestCourier(),
    codes: createOneTimeCodes({ oneTime, digester }),
    limiter: createSendLimiter({ throttle, digester, clock, log, events }),
    factors: createTestFactors(),
    /** Somebody's sign-in. */
    context: (changes: Partial<MethodContext> = {}): MethodContext => ({
      tenant: newTenant(),
      accountId: randomUUID(),
      loginName: 'j.devries',
      interaction: randomUUID(),
      locale: 'nl',
      address: newAddress(),
      now: clock.now(),
      ...changes,
    }),
  };
}

export type MessageBench = ReturnType<typeof createMessageBench>;

/** A code that is not this one. */
export function otherThan(code: string): string {
  return String((Number(code) + 1) % 1_000_000).padStart(6, '0');
}
