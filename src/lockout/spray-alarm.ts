import type { Clock } from '#src/clock.ts';
import type { Log } from '#src/log.ts';
import type { SystemEvents } from '#src/system-events.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import type { ThrottleStore, WindowCounter } from './ports.ts';

/** Distinct login names with a wrong password, in one window at one tenant, that no ordinary morning brings. */
export const SPRAY_NAMES = 50;
/** Seconds. */
export const SPRAY_WINDOW = 10 * 60;

interface Parts {
  throttle: ThrottleStore;
  clock: Clock;
  log: Pick<Log, 'warn'>;
  events: Pick<SystemEvents, 'spraying'>;
}

export interface SprayAlarm {
  /**
   * Tells of a wrong password. `nameDigest` is the keyed digest of the name that was typed, whether anybody has it.
   * Costs one round trip, two while the alarm is on. Throws AppError `store-unavailable`.
   */
  failed(tenant: Pick<Tenant, 'id' | 'key'>, nameDigest: string): Promise<void>;
  /** How often it went off in this process. */
  count(): number;
}

const windowOf = (key: string, limit: number): WindowCounter => ({
  kind: 'window',
  key,
  limit,
  window: SPRAY_WINDOW,
});

/** All but the last name: the one that finds it full completes the number. */
const NAMES = windowOf('spray:names', SPRAY_NAMES - 1);
/** Whichever process takes it tells the operator. */
const TOLD = windowOf('spray:told', 1);

/**
 * Notices one password tried on many people, which no count of one account or address sees (ground rule 5). It refuses
 * nothing: a lock on a whole tenant would be a weapon. At most one alarm a window, by one of all processes.
 */
export function createSprayAlarm({ throttle, clock, log, events }: Parts): SprayAlarm {
  let alarms = 0;
  return {
    async failed(tenant, nameDigest) {
      // A name in this window ends no sooner than the window does and is named first: seen again, it is what refuses.
      const name = windowOf(`spray:name:${nameDigest}`, 1);
      const counted = await throttle.take(tenant.id, [name, NAMES], clock.now());
      if (counted.allowed || counted.counter !== NAMES.key) return;
      const told = await throttle.take(tenant.id, [TOLD], clock.now());
      if (!told.allowed) return;
      const record = { event: 'lockout.spraying', tenantId: tenant.id, tenant: tenant.key };
      log.warn({ ...record, names: SPRAY_NAMES }, 'wrong passwords for many login names in ten minutes');
      events.spraying(tenant.id, { names: SPRAY_NAMES });
      alarms += 1;
    },
    count: () => alarms,
  };
}
