/** The one source of time: everything that compares or records a moment takes a Clock (house rule 10). */
export interface Clock {
  /** Now, as milliseconds since the epoch. */
  now(): number;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => Date.now() };
