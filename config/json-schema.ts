import { z } from 'zod';
import { settingsSchema } from './settings.ts';

type Node = z.core.JSONSchema.BaseSchema;

/** A JSON schema (draft 7, which editors and Helm read alike). */
export type JsonSchema = Node;

/** Our own marks on settings, which mean nothing in a JSON schema. */
const ownMarks = ['env', 'secret', 'shownDefault'];

function childrenOf(node: Node): [string, Node][] {
  return Object.entries(node.properties ?? {}).flatMap(([key, child]) =>
    typeof child === 'boolean' ? [] : [[key, child]],
  );
}

/** A default that this machine decides is no part of the schema: it would be another one elsewhere. */
function withoutMarks(node: Node): Node {
  const kept = Object.entries(node).filter(
    ([name]) => !ownMarks.includes(name) && !(name === 'default' && node.shownDefault !== undefined),
  );
  return Object.fromEntries(kept);
}

/** `inList`: an entry of a list comes from the file alone, while a variable can bring whatever else is required. */
function shaped(node: Node, secrets: boolean, inList = false): Node {
  const { required = [], ...plain } = withoutMarks(node);
  if (node.properties !== undefined) {
    const children = childrenOf(node).filter(([, child]) => secrets || child.secret !== true);
    plain.properties = Object.fromEntries(
      children.map(([key, child]) => [key, shaped(child, secrets, inList)]),
    );
  }
  if (typeof node.items === 'object' && !Array.isArray(node.items))
    plain.items = shaped(node.items, secrets, true);
  return inList && required.length > 0 ? { ...plain, required } : plain;
}

/**
 * The JSON schema of the settings file, for editors and for whatever writes the file. `secrets: false` leaves out
 * every setting that is a secret, for a file that others may read. A file that fits can still have a fault that no
 * JSON schema can say, such as an issuer that is not https: `config check` finds them all.
 */
export function settingsJsonSchema({ secrets = true }: { secrets?: boolean } = {}): JsonSchema {
  const tree = z.toJSONSchema(settingsSchema, { io: 'input', unrepresentable: 'any', target: 'draft-7' });
  const { $schema: _newer, ...rest } = shaped(tree, secrets);
  return { $schema: 'http://json-schema.org/draft-07/schema#', title: 'Settings of Poortwachter', ...rest };
}
