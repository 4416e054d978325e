// Plain JavaScript on purpose: a TypeScript file would load Node's type stripper into every hashing thread (13 MB).
import { hashSync, verifySync } from '@node-rs/argon2';

/**
 * Runs in a worker thread, synchronously: the thread does nothing else, and libuv's own threads stay free for
 * signatures and name look-ups. Answers a PHC string, or whether the password is the hashed one. Passwords arrive
 * normalised.
 *
 * @param {import('./argon2-task.ts').Argon2Task} task
 * @returns {string | boolean}
 */
export function runArgon2(task) {
  if (task.kind === 'hash') return hashSync(task.password, task.options);
  const equal = verifySync(task.hash, task.password);
  if (!equal && task.onRefusal !== undefined) hashSync(task.password, task.onRefusal);
  return equal;
}
