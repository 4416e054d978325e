import type { Account } from '#src/account/account.ts';
import type { Factor } from './ports.ts';

const HOUR_MS = 60 * 60_000;

/** Until when a number that is set up in the settings is new, in milliseconds since the epoch. `hours`: the tenant's. */
export function coolsUntil(hours: number, now: number): number {
  return now + hours * HOUR_MS;
}

/**
 * Until when a new number proves nothing (SIM swap): whoever has somebody's mailbox, and had the number changed, gets a
 * new password by mail and is not to find an own phone behind it. Undefined where it proves what any other does: its time
 * is over, or no password was set by a link in a mail since. All in milliseconds since the epoch.
 */
export function coolingUntil(
  factor: Pick<Factor, 'createdAt' | 'coolsUntil'>,
  recoveredAt: Account['recoveredAt'],
  now: number,
): number | undefined {
  const { createdAt, coolsUntil: until } = factor;
  if (until === undefined || until <= now) return undefined;
  return recoveredAt !== undefined && recoveredAt >= createdAt ? until : undefined;
}

/** Those of a person's methods that prove something, and when the first of the others will. */
export function sortByCooling<Owned extends Pick<Factor, 'createdAt' | 'coolsUntil'>>(
  factors: readonly Owned[],
  recoveredAt: Account['recoveredAt'],
  now: number,
): { proving: Owned[]; until: number | undefined } {
  const untils = factors.flatMap((factor) => coolingUntil(factor, recoveredAt, now) ?? []);
  return {
    proving: factors.filter((factor) => coolingUntil(factor, recoveredAt, now) === undefined),
    until: untils.length === 0 ? undefined : Math.min(...untils),
  };
}
