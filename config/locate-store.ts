import { type Environment, readEnvironment } from './env.ts';
import { valueAt } from './layers.ts';
import { fileVariable, listSettingKeys } from './setting-keys.ts';
import { readSettingsFile } from './settings-file.ts';
import { type ReadFile, readTextFile } from './text-file.ts';
import { readVariables } from './variables.ts';

/** Where users are kept, as far as the sources say it. */
export interface StoreLocation {
  /** Undefined when nothing says so: neither a store nor a database address is named. */
  store: 'postgres' | 'embedded' | undefined;
  dataDir: string;
}

/**
 * Looks up where users are kept without asking for the rest of the configuration: a command that runs inside the
 * process that holds the data folder needs no settings of its own. Faults are left for `loadConfig` to tell.
 */
export function locateStore(sources: { env?: Environment; readFile?: ReadFile } = {}): StoreLocation {
  const { env = readEnvironment(), readFile = readTextFile } = sources;
  const keys = listSettingKeys();
  const variables = readVariables(keys, env, readFile);
  const path = env[fileVariable];
  const file = path === undefined ? undefined : readSettingsFile(path, readFile);
  const written = (name: string): string | undefined => {
    const fromFile = file?.ok ? valueAt(file.file.tree, name.split('.')) : undefined;
    const value = variables.values.get(name) ?? fromFile;
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const store = written('database.store');
  const implied = written('database.url') === undefined ? undefined : 'postgres';
  return {
    store: store === 'embedded' || store === 'postgres' ? store : implied,
    dataDir: written('dataDir') ?? keys.find((key) => key.name === 'dataDir')?.default ?? '',
  };
}
