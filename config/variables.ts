import type { Environment } from './env.ts';
import type { Fault } from './faults.ts';
import { nearest } from './nearest.ts';
import { fileVariable, type SettingKey, variableName, variablePrefix } from './setting-keys.ts';
import { type ReadFile, secretFileText } from './text-file.ts';

/** What the environment says, by dotted name of the setting, and what is wrong with how it says it. */
export interface Variables {
  values: Map<string, unknown>;
  faults: Fault[];
}

const serviceLinks =
  'Kubernetes sets such variables for services; set enableServiceLinks: false in the pod, or rename the service';

/**
 * Reads the settings out of environment variables: each key's own variable, for secrets also `<NAME>_FILE`. Every
 * other variable with our prefix is a fault: a misspelt setting must not be ignored.
 */
export function readVariables(
  keys: readonly SettingKey[],
  environment: Environment,
  readFile: ReadFile,
): Variables {
  const found: Variables = { values: new Map(), faults: [] };
  for (const key of keys) {
    const reading = readOne(key, environment, readFile);
    if (reading === undefined) continue;
    if ('reason' in reading) found.faults.push(faultOf(key.name, reading.variable, reading.reason));
    else found.values.set(key.name, reading.value);
  }
  found.faults.push(...unknownVariables(keys, environment));
  return found;
}

type Reading = { value: unknown } | { variable: string; reason: string } | undefined;

function readOne(key: SettingKey, environment: Environment, readFile: ReadFile): Reading {
  const fileName = `${key.variable}_FILE`;
  const text = environment[key.variable];
  const path = key.secret ? environment[fileName] : undefined;
  if (text !== undefined && path !== undefined) {
    return { variable: key.variable, reason: `is set, and so is ${fileName}: set one of them` };
  }
  if (path !== undefined) {
    if (path === '') return { variable: fileName, reason: emptyReason };
    const file = secretFileText(path, readFile);
    return file.ok ? { value: file.text } : { variable: fileName, reason: file.reason };
  }
  if (text === undefined) return undefined;
  if (text === '') return { variable: key.variable, reason: emptyReason };
  if (key.type === 'integer' && isServiceAddress(text))
    return { variable: key.variable, reason: serviceLinks };
  return { value: typedValue(key, text) };
}

const emptyReason = 'is set but empty: give it a value or leave it out';

/**
 * Text that is no number or boolean stays text: the schema then says what it must be. It also tells of an empty entry
 * in a list, such as a comma at the end leaves.
 */
function typedValue(key: SettingKey, text: string): unknown {
  if (key.type === 'list') return text.split(',').map((entry) => entry.trim());
  if (key.type === 'integer' && /^-?\d{1,15}$/.test(text)) return Number(text);
  if (key.type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

function isServiceAddress(text: string): boolean {
  return /^(tcp|udp|sctp):\/\//.test(text);
}

/** The variables that Kubernetes injects for a service whose name begins like our prefix. */
function isInjected(name: string, text: string): boolean {
  if (/_SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)$/.test(name)) return true;
  if (/_PORT_\d+_(TCP|UDP|SCTP)_(PROTO|PORT|ADDR)$/.test(name)) return true;
  return /_PORT(_\d+_(TCP|UDP|SCTP))?$/.test(name) && isServiceAddress(text);
}

function unknownVariables(keys: readonly SettingKey[], environment: Environment): Fault[] {
  const known = new Set([fileVariable]);
  for (const key of keys) {
    known.add(key.variable);
    if (key.secret) known.add(`${key.variable}_FILE`);
  }
  const strange = Object.entries(environment).filter(
    ([name, text]) => text !== undefined && name.startsWith(variablePrefix) && !known.has(name),
  );
  const injected = strange.filter(([name, text]) => isInjected(name, text ?? '')).map(([name]) => name);
  const faults = strange
    .filter(([name]) => !injected.includes(name))
    .map(([name]) => faultOf(undefined, name, unknownReason(name, keys, [...known])));
  const [first, ...others] = injected.toSorted();
  if (first === undefined) return faults;
  const too = others.length === 0 ? '' : ` (${others.join(', ')} too)`;
  return [...faults, faultOf(undefined, first, `is not a setting${too}: ${serviceLinks}`)];
}

function unknownReason(name: string, keys: readonly SettingKey[], known: readonly string[]): string {
  const plain = keys.find((key) => !key.secret && `${key.variable}_FILE` === name);
  if (plain !== undefined) return `is not a setting: only secrets are read from files, set ${plain.variable}`;
  const bare = name.slice(variablePrefix.length);
  const meant =
    keys.find((key) => key.variable === bare || variableName(key.path) === name)?.variable ??
    nearest(name, known);
  return meant === undefined ? 'is not a setting' : `is not a setting; did you mean ${meant}?`;
}

function faultOf(key: string | undefined, variable: string, reason: string): Fault {
  return { key, variable, at: undefined, reason };
}
