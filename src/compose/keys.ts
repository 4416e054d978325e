import type { Config } from '#config/settings.ts';
import type { Clock } from '#src/clock.ts';
import type { Log } from '#src/log.ts';
import type { KeySchedule } from '#src/provider/key-plan.ts';
import { type KeyRings, openKeyRings } from '#src/provider/key-rings.ts';
import type { RevisionWatch } from '#src/revision/watch.ts';
import type { SystemEvents } from '#src/system-events.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import type { Durable } from './durable.ts';

const HOUR_MS = 3_600_000;

/** The settings as times in milliseconds. */
export function keySchedule({ rollDays, overlapHours }: Config['keys']): KeySchedule {
  return { rollMs: rollDays * 24 * HOUR_MS, overlapMs: overlapHours * HOUR_MS };
}

export interface KeysParts {
  config: Config;
  durable: Pick<Durable, 'keys' | 'firstStart'>;
  revisions: RevisionWatch;
  /** The configuration's. */
  tenant: Pick<Tenant, 'id'>;
  events: SystemEvents;
  clock: Clock;
  log: Log;
}

/** The keys that this process signs and verifies with. */
export function composeKeys({ config, durable, tenant, ...parts }: KeysParts): KeyRings {
  const { keys, firstStart } = durable;
  return openKeyRings({
    ...{ keys, firstStart, schedule: keySchedule(config.keys), homeId: tenant.id },
    ...parts,
  });
}
