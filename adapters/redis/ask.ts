import type { z } from 'zod';
import { AppError } from '#src/errors.ts';

/** Redis repeats the start of an unknown command's arguments in its complaint; those may be tokens. */
const ARGUMENTS_IN_MESSAGE = /,? with args beginning with:.*$/s;

/**
 * An error of ioredis without what the command carried: it hangs `command.args` on every reply error, and
 * loggers print that (house rule 7).
 */
export function withoutArguments(error: unknown): Error {
  const { name, message } = error instanceof Error ? error : new Error('unknown failure');
  const bare = new Error(message.replace(ARGUMENTS_IN_MESSAGE, ''));
  bare.name = name;
  // Of a name that leads to several addresses, Node tells nothing else.
  return error instanceof Error && 'code' in error ? Object.assign(bare, { code: String(error.code) }) : bare;
}

/**
 * Asks Redis something. Whatever goes wrong on the way (refused, timed out, no memory left, a value of the wrong
 * type) becomes AppError `store-unavailable`, so that callers fail closed (security ground rule 2, ASVS 16.5.2).
 */
export async function askRedis<T>(question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('store-unavailable', 503, 'Redis did not answer', { cause: withoutArguments(error) });
  }
}

/**
 * Reads what Redis answered by its schema. A value that does not fit was not written by us, or is broken: that is
 * AppError `store-unavailable` naming `key`'s kind and the fields at fault, never their contents.
 */
export function readAs<T>(schema: z.ZodType<T>, value: unknown, kind: string): T {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const faults = read.error.issues.map((issue) => `${issue.path.join('.') || 'value'}: ${issue.code}`);
  throw new AppError('store-unavailable', 503, `Redis holds an unreadable ${kind} (${faults.join(', ')})`);
}
