import process from 'node:process';

/** Resolves to the name of the first signal that asks this process to stop; the next one ends it at once. */
export function untilAskedToStop(): Promise<'SIGINT' | 'SIGTERM'> {
  const { promise, resolve } = Promise.withResolvers<'SIGINT' | 'SIGTERM'>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal));
  return promise;
}
