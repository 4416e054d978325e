import type { Server } from 'node:http';
import type { Config } from '#config/settings.ts';
import { composeManagement } from './compose/management.ts';
import { type Composition, compose, type Overrides } from './compose.ts';
import { type Listening, listen } from './listen.ts';
import { openLog } from './log.ts';
import { createPatience } from './patience.ts';

/** A running installation. Disposing of it turns people away, ends running requests in peace, then the stores. */
export interface Running {
  composition: Composition;
  port: number;
  managementPort: number;
  /** Answers operators: health and metrics. */
  management: Server;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface ServeOptions extends Overrides {
  /** Ends the waiting for stores: `serve` then throws the signal's reason. */
  stop?: AbortSignal;
}

/** Whether there may be something to wait for; an embedded store is there, or held by somebody who is named first. */
function mayWait({ database, redis }: Config): boolean {
  return database.store === 'postgres' || redis.store === 'redis';
}

/**
 * Starts the product on its two ports: first the operators', which tells what a start waits for, then, with all
 * stores there, the one for people. Throws AppError with a sentence for the operator when it can't.
 */
export async function serve(config: Config, options: ServeOptions = {}): Promise<Running> {
  await using owned = new AsyncDisposableStack();
  const log = options.log ?? (await openLog(config.log));
  const { server, health, watch } = composeManagement(log);
  const { patienceSeconds: seconds } = config.startup;
  const patience = createPatience({ seconds, log, onStore: health.awaits, stop: options.stop });
  const open = async (at: { port: number; address: string }, of: Server, setting: string) => {
    const opened = await listen(of, { ...at, setting });
    owned.defer(opened.close);
    return opened;
  };
  let management: Listening | undefined;
  if (mayWait(config)) management = await open(config.management, server, 'MANAGEMENT_PORT');
  const composition = owned.use(await compose(config, { patience, ...options, log }));
  management ??= await open(config.management, server, 'MANAGEMENT_PORT');
  const web = await open(config.listen, composition.web, 'PORT');
  if (composition.durable.kind === 'embedded') {
    // Loaded only here: a process on a Postgres server never runs commands, and is 10 MB smaller for it.
    const { takeCommands } = await import('./compose/take-commands.ts');
    owned.use(await takeCommands(config.dataDir, composition.operations));
  }
  watch(composition);
  owned.defer(() => health.stops());
  const keep = owned.move();
  return {
    composition,
    port: web.port,
    managementPort: management.port,
    management: server,
    [Symbol.asyncDispose]: () => keep.disposeAsync(),
  };
}
