/** Asks one server; undefined when its answer settles nothing. Never rejects. */
export type Ask<T> = (server: string) => Promise<T | undefined>;

/**
 * The first answer that settles it: the first server is asked at once, the next one when that one settles nothing or
 * keeps silent for `pause` milliseconds, and so on. Undefined when nobody settles it, or `signal` aborts first.
 */
export function firstFinal<T>(
  servers: readonly string[],
  ask: Ask<T>,
  { pause, signal }: { pause: number; signal: AbortSignal },
): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<T | undefined>();
  const waiting = [...servers];
  let open = 0;
  let timer: NodeJS.Timeout | undefined;
  const finish = (answer: T | undefined) => {
    clearTimeout(timer);
    waiting.length = 0;
    resolve(answer);
  };
  const askNext = async () => {
    clearTimeout(timer);
    const server = signal.aborted ? undefined : waiting.shift();
    if (server === undefined) return;
    open += 1;
    timer = setTimeout(askNext, pause);
    const answer = await ask(server);
    open -= 1;
    if (answer !== undefined) finish(answer);
    else if (waiting.length > 0 && !signal.aborted) await askNext();
    else if (open === 0) finish(undefined);
  };
  if (servers.length === 0 || signal.aborted) finish(undefined);
  else void askNext();
  return promise;
}
