import type { Options } from '@node-rs/argon2';

/** What the pool hands to a hashing thread. Passwords arrive normalised. */
export type Argon2Task =
  | { kind: 'hash'; password: string; options: Options }
  | { kind: 'verify'; password: string; hash: string };
