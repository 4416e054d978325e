// Plain JavaScript on purpose: a TypeScript file would load Node's type stripper into every hashing thread (13 MB).
import { setPriority } from 'node:os';
import { hashSync, verifySync } from '@node-rs/argon2';

/** Far enough below the default of 0 that the system lets whoever wakes up go first. */
const NICENESS = 10;

/**
 * Lets the thread that answers requests go before this one when both want a core: hashing never pauses by itself,
 * and a token would wait behind the sign-ins of others. On Linux the call is about this thread alone; elsewhere it is
 * about the whole process, which would gain nothing. Where it is forbidden, hashing just keeps its place.
 */
function yieldToRequests() {
  if (process.platform !== 'linux') return;
  try {
    setPriority(NICENESS);
  } catch {}
}

yieldToRequests();

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
