import type { Clock } from '#src/clock.ts';
import type { FaultEvents } from '#src/events.ts';
import type { Log } from '#src/log.ts';

/** Refusals that one process writes to the audit log in one window; a crawler meets as many in minutes. */
export const REFUSALS_NOTED = 600;
/** Milliseconds. */
export const REFUSALS_WINDOW = 10 * 60_000;

/** Below this the sender was refused; from it on the failure is ours, and always noted. */
const OURS = 500;

/**
 * Keeps what anybody can bring about by the thousand from filling the audit log: refusals are noted up to a number, and
 * beyond it only in the log, where their numbers are as well.
 */
export function boundFaults(
  faults: FaultEvents,
  { clock, log }: { clock: Clock; log: Pick<Log, 'warn'> },
): FaultEvents {
  let begun = Number.NEGATIVE_INFINITY;
  let noted = 0;
  return {
    errorShown(context, result) {
      if (result.status >= OURS) return faults.errorShown(context, result);
      const now = clock.now();
      // A clock that was set back begins anew as well.
      if (now >= begun + REFUSALS_WINDOW || now < begun) {
        begun = now;
        noted = 0;
      }
      noted += 1;
      if (noted <= REFUSALS_NOTED) return faults.errorShown(context, result);
      if (noted === REFUSALS_NOTED + 1)
        log.warn(
          { noted: REFUSALS_NOTED },
          'so many refusals that more of them are in this log only, for now',
        );
    },
  };
}
