/** Where progress is told: a terminal, or a pipe that only whole lines look well in. */
interface Output {
  isTTY?: boolean;
  write(text: string): unknown;
}

/** Runs one step of the preparation, telling its name while it runs and the seconds that it took. */
export type Step = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/**
 * Makes the teller. Once `stop` is aborted no step begins and nobody waits for the one under way: both throw the
 * signal's reason. What is under way goes on; whoever stops ends the process.
 */
export function createProgress(output: Output, stop: AbortSignal): Step {
  const stopped = Promise.withResolvers<never>();
  stopped.promise.catch(() => {});
  stop.addEventListener('abort', () => stopped.reject(stop.reason));
  return async (name, work) => {
    stop.throwIfAborted();
    const started = performance.now();
    output.write(output.isTTY ? `  ${name} …` : `  ${name} …\n`);
    const result = await Promise.race([work(), stopped.promise]);
    const seconds = `${((performance.now() - started) / 1000).toFixed(1)} s`;
    output.write(output.isTTY ? ` ${seconds}\n` : `  ${name}: ${seconds}\n`);
    return result;
  };
}
