/** The clock that people of these organisations look at; servers go by UTC. */
export const TIME_ZONE = 'Europe/Amsterdam';

const day = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeZone: TIME_ZONE });

/** The day of a moment as people there count it: `2026-11-26`. `at` in milliseconds since the epoch. */
export function localDay(at: number): string {
  return day.format(at);
}
