import { hashSync, type Options, verifySync } from '@node-rs/argon2';

/** What the pool hands to a worker. Passwords arrive normalised. */
export type Argon2Task =
  | { kind: 'hash'; password: string; options: Options }
  | { kind: 'verify'; password: string; hash: string };

/**
 * Runs in a worker thread, synchronously: the thread does nothing else, and libuv's own threads stay free for
 * signatures and name look-ups. Answers a PHC string, or whether the password is the hashed one.
 */
export function runArgon2(task: Argon2Task): string | boolean {
  return task.kind === 'hash' ? hashSync(task.password, task.options) : verifySync(task.hash, task.password);
}
