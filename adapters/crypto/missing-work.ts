import type { Options, ParsedHashOptions } from '@node-rs/argon2';

/** argon2id's parameters of one hash. `memoryKib` in KiB. */
export interface HashCost {
  memoryKib: number;
  passes: number;
  parallelism: number;
}

/** argon2 computes no less than this for each lane (RFC 9106 §3.1). KiB. */
const LEAST_MEMORY = 8;

/**
 * Parameters of the hash that a refused password must compute beside the stored one, for both together to be the
 * work of one hash at today's cost: else, once the settings are raised, a quick refusal would tell who exists
 * (ground rule 3; ASVS 6.3.8). Work is memory × passes, to which argon2's time is nearly proportional (larger
 * memory is slower for each KiB: raised from 19 to 46 MiB, 23 ms and 26 ms instead of 9 and 26); the memory held stays
 * within today's. Undefined when nothing is missing.
 *
 * What this can't level: a stored hash with more work than today's (settings were lowered) or with other lanes
 * takes its own time, which differs from an unknown person's until that hash is replaced.
 */
export function missingWork(made: ParsedHashOptions, today: HashCost): Options | undefined {
  const missing = today.memoryKib * today.passes - made.memoryCost * made.timeCost;
  const memoryCost = Math.floor(missing / today.passes);
  if (memoryCost < LEAST_MEMORY * today.parallelism) return undefined;
  return { memoryCost, timeCost: today.passes, parallelism: today.parallelism };
}
