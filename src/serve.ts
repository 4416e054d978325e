import type { Config } from '#config/settings.ts';
import { type Composition, compose, type Overrides } from './compose.ts';
import { listen } from './listen.ts';

/** A running installation. Disposing of it ends running requests in peace, then the stores. */
export interface Running {
  composition: Composition;
  port: number;
  managementPort: number;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts the product on its two ports. Throws AppError with a sentence for the operator when it can't. */
export async function serve(config: Config, overrides: Overrides = {}): Promise<Running> {
  await using owned = new AsyncDisposableStack();
  const composition = owned.use(await compose(config, overrides));
  const { listen: people, management: operators } = config;
  const management = await listen(composition.management, { ...operators, setting: 'MANAGEMENT_PORT' });
  owned.defer(management.close);
  const web = await listen(composition.web, { ...people, setting: 'PORT' });
  owned.defer(web.close);
  if (composition.durable.kind === 'embedded') {
    // Loaded only here: a process on a Postgres server never runs commands, and is 10 MB smaller for it.
    const { takeCommands } = await import('./compose/take-commands.ts');
    owned.use(await takeCommands(config.dataDir, composition.operations));
  }
  const keep = owned.move();
  return {
    composition,
    port: web.port,
    managementPort: management.port,
    [Symbol.asyncDispose]: () => keep.disposeAsync(),
  };
}
