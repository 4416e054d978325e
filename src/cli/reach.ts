import { formatFaults } from '#config/check.ts';
import type { Environment } from '#config/env.ts';
import { loadConfig } from '#config/load.ts';
import { locateStore, type StoreLocation } from '#config/locate-store.ts';
import type { Config } from '#config/settings.ts';
import type { RetainAudit } from '#src/audit/retain.ts';
import type { Reseal } from '#src/secret/reseal.ts';
import { runInHolder } from './control-client.ts';
import { CommandFailure } from './failure.ts';
import type {
  CommandHouse,
  MigrationOutcome,
  MigrationStep,
  Operations,
  RunningHolder,
} from './operations.ts';
import { selectTenant } from './select-tenant.ts';
import type { Output, Terminal } from './terminal.ts';

/**
 * What a command has read on this side (a password, a file), for when it runs inside another process: arguments to
 * add, of which the last one of a name counts, and the text of its standard input.
 */
export interface CarriedInput {
  extra: readonly string[];
  stdin: string;
  /** Where what it writes goes, when that is not this terminal: a file of this side. */
  stdout?: Output | undefined;
}

/** A command line with further arguments: before what stands behind `--`, where they would be no options. */
function withExtra(argv: readonly string[], extra: readonly string[]): string[] {
  const end = argv.indexOf('--');
  const at = end < 0 ? argv.length : end;
  return argv.toSpliced(at, 0, ...extra);
}

/** What a command does once the stores are open. */
export type RunOnStores = (operations: Operations) => Promise<void>;

/** How commands get to the stores. */
export interface Reach {
  /** Runs on the opened stores, or has the process that holds them run the whole command. */
  withOperations(run: RunOnStores, carried?: CarriedInput): Promise<void>;
  /** The same for one tenant: the one with this key, or the configuration's. */
  withTenant(key: string | undefined, run: RunOnStores, carried?: CarriedInput): Promise<void>;
  migrate(onProgress: (step: MigrationStep) => void): Promise<MigrationOutcome>;
  /** Gives what seals everything anew, or has the process that holds the stores run the whole command. */
  withReseal(run: (reseal: Reseal) => Promise<void>, carried?: CarriedInput): Promise<void>;
  /** The same for what forgets old records. */
  withRetain(run: (retain: RetainAudit) => Promise<void>, carried?: CarriedInput): Promise<void>;
}

export interface OutsideParts {
  argv: readonly string[];
  env: Environment;
  house: CommandHouse;
  terminal: Terminal;
}

/** From a process of one's own: opens the stores, unless another process holds the embedded ones. */
export function reachFromOutside({ argv, env, house, terminal }: OutsideParts): Reach {
  const holderOf = async (place: StoreLocation): Promise<RunningHolder | undefined> =>
    place.store === 'postgres' ? undefined : house.findHolder(place.dataDir);

  const inHolder = async (holder: RunningHolder, carried?: CarriedInput) => {
    const request = { argv: withExtra(argv, carried?.extra ?? []), stdin: carried?.stdin ?? '' };
    const { stdout = terminal.stdout } = carried ?? {};
    const exit = await runInHolder(holder, request, { stdout, stderr: terminal.stderr });
    if (exit !== 0) throw new CommandFailure('', exit);
  };

  const withOperations: Reach['withOperations'] = async (run, carried) => {
    const place = locateStore({ env });
    const holder = await holderOf(place);
    if (holder !== undefined) {
      return inHolder(holder, carried);
    }
    await using operations = await house.open(configOrFailure(env, place, terminal));
    await run(operations);
  };

  return {
    withOperations,
    withTenant: (key, run, carried) => withOperations(onTenant(key, run), carried),

    async migrate(onProgress) {
      const place = locateStore({ env });
      const holder = await holderOf(place);
      if (holder !== undefined) {
        throw new CommandFailure(
          `process ${holder.pid} uses the data folder ${place.dataDir} and brought its schema up to date when it ` +
            'started; stop it first to migrate by hand',
        );
      }
      return house.migrate(configOrFailure(env, place, terminal), onProgress);
    },

    async withReseal(run, carried) {
      const place = locateStore({ env });
      const holder = await holderOf(place);
      if (holder !== undefined) return inHolder(holder, carried);
      const config = configOrFailure(env, place, terminal);
      await run((options) => house.reseal(config, options));
    },

    async withRetain(run, carried) {
      const place = locateStore({ env });
      const holder = await holderOf(place);
      if (holder !== undefined) return inHolder(holder, carried);
      const config = configOrFailure(env, place, terminal);
      await run((options) => house.retain(config, options));
    },
  };
}

/** From inside the process that holds the stores: `operations` stay open. */
export function reachFromInside(operations: Operations): Reach {
  return {
    withOperations: (run) => run(operations),
    withTenant: (key, run) => onTenant(key, run)(operations),
    migrate: async () => {
      throw new CommandFailure('this process brought its schema up to date when it started');
    },
    withReseal: (run) => run(operations.reseal),
    withRetain: (run) => run(operations.retain),
  };
}

function onTenant(key: string | undefined, run: RunOnStores): RunOnStores {
  return async (operations) => run(await selectTenant(operations, key));
}

function configOrFailure(env: Environment, place: StoreLocation, { stderr }: Terminal): Config {
  const result = loadConfig({ env });
  if (result.ok) return result.config;
  stderr.write(formatFaults(result.faults));
  if (place.store === undefined) {
    stderr.write(
      `No process uses the data folder ${place.dataDir} either; \`npm start\` runs a trial there.\n`,
    );
  }
  throw new CommandFailure('');
}
