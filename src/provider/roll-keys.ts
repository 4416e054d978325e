import type { Clock } from '#src/clock.ts';
import type { Log } from '#src/log.ts';
import type { SystemEvents } from '#src/system-events.ts';
import type { TenantId } from '#src/tenant/tenant.ts';
import { type KeySchedule, planRoll, wipesOf } from './key-plan.ts';
import { kindsOf, makeKey } from './make-key.ts';
import type { KeyOwner, KeyStore } from './ports.ts';

export interface RollParts {
  keys: KeyStore;
  clock: Clock;
  schedule: KeySchedule;
  log: Log;
  events: Pick<SystemEvents, 'keyRolled'>;
  /** The tenant whose audit log tells of keys that are no tenant's. */
  homeId: TenantId;
}

/**
 * Gives every key of an owner that is due its successor, and wipes what is worth nothing any more. Harmless when
 * several processes do it at once: one successor stays.
 */
export async function rollKeys(
  { keys, clock, schedule, log, events, homeId }: RollParts,
  owner: KeyOwner,
): Promise<void> {
  const stored = await keys.list(owner);
  const now = clock.now();
  for (const kind of kindsOf(owner)) {
    const chain = stored.filter((key) => key.kind === kind);
    const add = planRoll(chain, now, schedule)?.add;
    if (add !== undefined) {
      const made = await makeKey(owner, kind, { ...add, createdAt: now });
      if (await keys.change(owner, { add: made })) {
        const signsFrom = new Date(made.currentFrom).toISOString();
        log.info(
          { tenantId: owner.tenantId, purpose: owner.purpose, kind, kid: made.id, signsFrom },
          'key added',
        );
        events.keyRolled(owner.tenantId ?? homeId, { purpose: owner.purpose, kind, key: made.id });
      }
    }
    const wipes = wipesOf(chain, { now, overlapMs: schedule.overlapMs });
    const ids = wipes.filter(({ key, at }) => key.secret !== undefined && at <= now).map(({ key }) => key.id);
    await keys.wipe(owner, ids, now);
  }
}
