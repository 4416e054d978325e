/** Settings of one source as a tree of plain values, before any schema has seen them. */
export type Tree = Readonly<Record<string, unknown>>;

function isGroup(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Lays one tree over another: groups are merged key by key, anything else (lists too) is replaced. */
export function overlay(below: Tree, above: Tree): Tree {
  const merged = Object.entries(above).map(([key, value]) => {
    const under = Object.hasOwn(below, key) ? below[key] : undefined;
    return [key, isGroup(under) && isGroup(value) ? overlay(under, value) : value] as const;
  });
  // Entries, not assignment: a key called __proto__ stays a key like any other and is refused by the schema.
  return Object.fromEntries([...Object.entries(below), ...merged]);
}

/** A tree that holds one value at one path. */
export function treeOf(path: readonly string[], value: unknown): Tree {
  const [key = '', ...rest] = path;
  return Object.fromEntries([[key, rest.length === 0 ? value : treeOf(rest, value)]]);
}

/** The value at a path, or undefined when there is none. */
export function valueAt(tree: Tree, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (node, key) => (isGroup(node) && Object.hasOwn(node, key) ? node[key] : undefined),
    tree,
  );
}
