import type { Options } from '@node-rs/argon2';

/**
 * What the pool hands to a hashing thread. Passwords arrive normalised. `onRefusal` is a hash to compute for
 * nothing when the password is wrong (see missing-work.ts), in the same task, so that it takes the same one slot.
 */
export type Argon2Task =
  | { kind: 'hash'; password: string; options: Options }
  | { kind: 'verify'; password: string; hash: string; onRefusal: Options | undefined };
