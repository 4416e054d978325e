/** A moment as the database takes it, from milliseconds since the epoch. */
export function toInstant(millis: number): Date {
  return new Date(millis);
}

/** A moment as the ports speak it: milliseconds since the epoch. */
export function toMillis(instant: Date): number {
  return instant.getTime();
}

/** The same for a column that may be empty. */
export function toOptionalMillis(instant: Date | null): number | undefined {
  return instant === null ? undefined : instant.getTime();
}
