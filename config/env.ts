/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The process's environment, as a copy. Nothing else in the house reads it. */
export function readEnvironment(): Environment {
  return { ...process.env };
}
