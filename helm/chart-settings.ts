import { type JsonSchema, settingsJsonSchema } from '#config/json-schema.ts';
import { listSettingKeys, type SettingKey } from '#config/setting-keys.ts';

/** A setting that comes from a Secret: its name under `secrets.values`, its key in the Secret, and its variable. */
export interface ChartSecret {
  name: string;
  key: string;
  variable: string;
  description: string;
  /** Only the migration job gets it: the server must never hold what the owner's role may do. */
  ownerOnly: boolean;
  required: boolean;
}

/** A setting without which nothing starts, that is no secret. */
export interface RequiredSetting {
  path: readonly string[];
  description: string;
}

/** Where each process would keep to itself what all replicas must share; the chart runs several. */
const notInCluster: readonly (readonly string[])[] = [['dataDir'], ['database', 'store'], ['redis', 'store']];

/** What Postgres and Redis are reached by is required once those stores are the only ones. */
const requiredHere = ['masterKey', 'database.url', 'database.migrationUrl', 'redis.url'];

function kebab(text: string): string {
  return text.replaceAll(/(?<=[a-z0-9])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
}

function camel(path: readonly string[]): string {
  return path.map((part, at) => (at === 0 ? part : part.slice(0, 1).toUpperCase() + part.slice(1))).join('');
}

function secretOf({ path, name, variable, description }: SettingKey): ChartSecret {
  return {
    name: camel(path),
    key: path.map(kebab).join('-'),
    variable,
    description,
    ownerOnly: name === 'database.migrationUrl',
    required: requiredHere.includes(name),
  };
}

/** Every secret setting, in the schema's order: a new one needs nothing in the chart. */
export function chartSecrets(): ChartSecret[] {
  return listSettingKeys()
    .filter(({ secret }) => secret)
    .map(secretOf);
}

/** Every setting that the operator must give under `config`. */
export function requiredSettings(): RequiredSetting[] {
  return listSettingKeys()
    .filter(({ required, secret }) => required && !secret)
    .map(({ path, description }) => ({ path, description }));
}

function without(node: JsonSchema, [key = '', ...rest]: readonly string[]): JsonSchema {
  const properties = { ...node.properties };
  const child = properties[key];
  if (rest.length === 0) delete properties[key];
  else if (typeof child === 'object') properties[key] = without(child, rest);
  return { ...node, properties };
}

/** The schema of `config`: the settings file, without secrets and without what only one process could use. */
export function configSchema(): JsonSchema {
  const {
    $schema: _whole,
    title: _title,
    ...schema
  } = notInCluster.reduce(without, settingsJsonSchema({ secrets: false }));
  return schema;
}
