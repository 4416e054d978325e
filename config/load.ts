import type { z } from 'zod';
import { readClientSecrets } from './client-secrets.ts';
import { type Environment, readEnvironment } from './env.ts';
import { type Fault, keyName, type Origin, reasonOf } from './faults.ts';
import { overlay, type Tree, treeOf } from './layers.ts';
import { nearest } from './nearest.ts';
import {
  fileVariable,
  listRequiredGroups,
  listSettingKeys,
  listSettingLists,
  type SettingKey,
} from './setting-keys.ts';
import { type Config, type RawSettings, settingsSchema } from './settings.ts';
import { readSettingsFile, type SettingsFile } from './settings-file.ts';
import { type ReadFile, readTextFile } from './text-file.ts';
import { tlsFileFaults } from './tls-files.ts';
import { readVariables } from './variables.ts';

/** The whole configuration, frozen; or everything that is wrong with it, in one list. */
export type LoadResult = { ok: true; config: Config } | { ok: false; faults: Fault[] };

/** Where settings come from. Everything has a default: the process's environment and file system. */
export interface LoadSources {
  env?: Environment;
  readFile?: ReadFile;
  /** Settings from code, overridden by the file and by the environment. */
  base?: Partial<RawSettings>;
}

/**
 * Loads the configuration: environment over settings file (`POORTWACHTER_CONFIG`) over `base` over the schema's
 * defaults. Never throws for what an operator wrote; every fault is told at once.
 */
export function loadConfig(sources: LoadSources = {}): LoadResult {
  const { env = readEnvironment(), readFile = readTextFile, base = {} } = sources;
  const keys = listSettingKeys();
  const variables = readVariables(keys, env, readFile);
  const file = fileOf(env, readFile);
  // Without the file's settings, half of what the schema would miss is not missing.
  if (!file.ok) return { ok: false, faults: [...variables.faults, ...file.faults] };

  let tree = overlay(base, file.file?.tree ?? {});
  for (const key of keys) {
    const value = variables.values.get(key.name);
    if (value !== undefined) tree = overlay(tree, treeOf(key.path, value));
  }
  const origin = originIn(keys, new Set(variables.values.keys()), file.file);
  return shape(tree, readFile, origin, variables.faults);
}

/**
 * Checks settings written in code and freezes them. `raw` is whatever the caller has; secret files of clients are
 * read.
 */
export function parseSettings(raw: unknown, readFile: ReadFile = readTextFile): LoadResult {
  const tree: Tree = typeof raw === 'object' && raw !== null ? Object.fromEntries(Object.entries(raw)) : {};
  return shape(tree, readFile, originIn(listSettingKeys(), new Set(), undefined), []);
}

type FileResult = { ok: true; file: SettingsFile | undefined } | { ok: false; faults: Fault[] };

function fileOf(env: Environment, readFile: ReadFile): FileResult {
  const path = env[fileVariable];
  if (path === undefined) return { ok: true, file: undefined };
  if (path !== '') return readSettingsFile(path, readFile);
  const reason = 'is set but empty: name a file or leave it out';
  return { ok: false, faults: [{ key: undefined, variable: fileVariable, at: undefined, reason }] };
}

function originIn(
  keys: readonly SettingKey[],
  fromVariables: ReadonlySet<string>,
  file: SettingsFile | undefined,
): Origin {
  const variables = new Map(keys.map((key) => [key.name, key.variable]));
  return (path) => {
    // A variable holds a list of texts as a whole: what is wrong with one entry is to be mended there.
    const name = keyName(typeof path.at(-1) === 'number' ? path.slice(0, -1) : path);
    const line = fromVariables.has(name) ? undefined : file?.lineOf(path);
    const at = file === undefined || line === undefined ? undefined : { file: file.file, line };
    return { variable: variables.get(name), at };
  };
}

function shape(tree: Tree, readFile: ReadFile, origin: Origin, earlier: readonly Fault[]): LoadResult {
  const clients = readClientSecrets(tree.clients, readFile, origin);
  const groups = Object.fromEntries(listRequiredGroups().map((group) => [group, {}]));
  const whole = overlay(groups, tree.clients === undefined ? tree : { ...tree, clients: clients.clients });
  const result = settingsSchema.safeParse(whole, { error: reasonOf, reportInput: false });
  const faults = [...earlier, ...clients.faults, ...tlsFileFaults(whole, readFile, origin)];
  const told = new Set(faults.map((fault) => fault.key));
  for (const fault of result.success ? [] : result.error.issues.flatMap((issue) => faultsOf(issue, origin))) {
    // One fault a key: what comes after the first is mostly its echo.
    if (fault.key !== undefined && told.has(fault.key)) continue;
    told.add(fault.key);
    faults.push(fault);
  }
  if (!result.success || faults.length > 0) return { ok: false, faults };
  return { ok: true, config: deepFreeze(result.data) };
}

function faultsOf(issue: z.core.$ZodIssue, origin: Origin): Fault[] {
  if (issue.code !== 'unrecognized_keys') {
    return [{ key: keyName(issue.path), ...origin(issue.path), reason: issue.message }];
  }
  return issue.keys.map((key) => {
    const path = [...issue.path, key];
    const meant = nearest(key, siblings(issue.path));
    const reason = meant === undefined ? 'is not a setting' : `is not a setting; did you mean ${meant}?`;
    const { at } = origin(path);
    return { key: keyName(path), variable: undefined, at, reason };
  });
}

/** Keys that exist beside an unknown one. */
function siblings(path: readonly PropertyKey[]): string[] {
  const lists = listSettingLists();
  const list = lists.find(({ name }) => name === keyName(path.slice(0, -1)));
  if (list !== undefined) return list.items.map((item) => item.name);
  const places = [...listSettingKeys().map((key) => key.path), ...lists.map(({ name }) => name.split('.'))];
  const inside = places.filter((place) => path.every((part, index) => place[index] === part));
  return [...new Set(inside.map((place) => place[path.length] ?? ''))];
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
