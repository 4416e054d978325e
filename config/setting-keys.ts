import { z } from 'zod';
import { settingsSchema } from './settings.ts';

/** One setting: where it stands in the file, how its variable is called, and what may be in it. */
export interface SettingKey {
  /** From the root: `['tenant', 'helpDesk', 'email']`. */
  path: readonly string[];
  /** As written in texts: `tenant.helpDesk.email`. */
  name: string;
  /** Name of its environment variable. */
  variable: string;
  /** `list`: plain texts; a sequence in the file, with commas in between in the variable. */
  type: 'text' | 'choice' | 'integer' | 'boolean' | 'list';
  secret: boolean;
  required: boolean;
  /** As shown to people; undefined when there is none. */
  default: string | undefined;
  /** As shown to people: `1 to 64`, the choices, or the longest text. */
  bound: string;
  description: string;
}

/** A list of groups in the settings (clients, questions); such lists come from the file only. */
export interface SettingList {
  /** From the root, as written in texts: `tenant.firstSignIn.questions`. */
  name: string;
  /** As shown to people. */
  bound: string;
  description: string;
  items: readonly ListItemKey[];
}

/** One key of a list's entries. */
export interface ListItemKey {
  name: string;
  type: string;
  required: boolean;
  secret: boolean;
  bound: string;
  description: string;
}

/** What every own environment variable begins with. */
export const variablePrefix = 'POORTWACHTER_';

/** Name of the variable that says where the settings file is. */
export const fileVariable = `${variablePrefix}CONFIG`;

type Node = z.core.JSONSchema.BaseSchema;

/** `['tenant', 'helpDesk', 'email']` → `POORTWACHTER_TENANT_HELP_DESK_EMAIL`. */
export function variableName(path: readonly string[]): string {
  return (
    variablePrefix + path.map((part) => part.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toUpperCase()).join('_')
  );
}

function settingsTree(): Node {
  return z.toJSONSchema(settingsSchema, { io: 'input', unrepresentable: 'any' });
}

function childrenOf(node: Node): [key: string, child: Node, required: boolean][] {
  return Object.entries(node.properties ?? {}).flatMap(([key, child]) =>
    typeof child === 'boolean' ? [] : [[key, child, node.required?.includes(key) ?? false]],
  );
}

/** What the entries of a list are; undefined for what is no list. */
function itemsOf(node: Node): Node | undefined {
  if (node.type !== 'array' || typeof node.items !== 'object' || Array.isArray(node.items)) return undefined;
  return node.items;
}

/** Whether a setting is a list of groups, which no variable can hold. */
function isListOfGroups(node: Node): boolean {
  return itemsOf(node)?.type === 'object';
}

function typeOf(node: Node): SettingKey['type'] {
  if (node.type === 'array') return 'list';
  if (node.enum !== undefined) return 'choice';
  if (node.type === 'integer' || node.type === 'boolean') return node.type;
  return 'text';
}

function boundOf(node: Node): string {
  if (node.enum !== undefined) return node.enum.map((choice) => `\`${choice}\``).join(', ');
  if (node.minimum !== undefined && node.maximum !== undefined) return `${node.minimum} to ${node.maximum}`;
  const choices = itemsOf(node)?.enum;
  if (choices !== undefined) return `any of ${choices.map((choice) => `\`${choice}\``).join(', ')}`;
  if (node.maxItems !== undefined) return `${node.minItems ?? 0} to ${node.maxItems} entries`;
  const parts: string[] = [];
  if (node.minLength !== undefined && node.minLength > 1) parts.push(`at least ${node.minLength} characters`);
  if (node.maxLength !== undefined) parts.push(`at most ${node.maxLength} characters`);
  return parts.join(', ');
}

function defaultOf(node: Node): string | undefined {
  if (typeof node.shownDefault === 'string') return node.shownDefault;
  if (Array.isArray(node.default)) return node.default.length === 0 ? undefined : node.default.join(',');
  return node.default === undefined ? undefined : String(node.default);
}

function* leaves(node: Node, path: readonly string[], needed: boolean): Generator<SettingKey> {
  for (const [key, child, required] of childrenOf(node)) {
    const childPath = [...path, key];
    if (isListOfGroups(child)) continue;
    if (child.type === 'object') {
      yield* leaves(child, childPath, needed && (required || child.default !== undefined));
      continue;
    }
    const shownDefault = defaultOf(child);
    yield {
      path: childPath,
      name: childPath.join('.'),
      variable: typeof child.env === 'string' ? child.env : variableName(childPath),
      type: typeOf(child),
      secret: child.secret === true,
      required: needed && required && shownDefault === undefined,
      default: shownDefault,
      bound: boundOf(child),
      description: child.description ?? '',
    };
  }
}

/** Every setting but the lists of groups, in the schema's order. Made from the schema, so a new setting needs no second list. */
export function listSettingKeys(): SettingKey[] {
  return [...leaves(settingsTree(), [], true)];
}

function* groupLists(node: Node, path: readonly string[]): Generator<SettingList> {
  for (const [key, child] of childrenOf(node)) {
    const childPath = [...path, key];
    if (child.type === 'object') yield* groupLists(child, childPath);
    const items = itemsOf(child);
    if (items === undefined || !isListOfGroups(child)) continue;
    yield {
      name: childPath.join('.'),
      bound: boundOf(child),
      description: child.description ?? '',
      items: childrenOf(items).map(itemKey),
    };
  }
}

function itemKey([name, node, required]: [key: string, child: Node, required: boolean]): ListItemKey {
  return {
    name,
    type: node.type === 'object' ? 'group' : typeOf(node),
    required,
    secret: node.secret === true,
    bound: boundOf(node),
    description: node.description ?? '',
  };
}

/** Every list of groups in the settings with the keys of its entries, in the schema's order. */
export function listSettingLists(): SettingList[] {
  return [...groupLists(settingsTree(), [])];
}

/** Groups that must be there but have no default of their own: filled in so that each missing key is told. */
export function listRequiredGroups(): string[] {
  return childrenOf(settingsTree()).flatMap(([key, node, required]) =>
    required && node.type === 'object' ? [key] : [],
  );
}
