import { isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLError } from 'yaml';
import type { Fault } from './faults.ts';
import { fileVariable } from './setting-keys.ts';
import { fileText, type ReadFile } from './text-file.ts';

/** A settings file that was read: its tree of plain values, and the line of each of its keys. */
export interface SettingsFile {
  file: string;
  tree: Record<string, unknown>;
  /** Line of the key at this path, or of the deepest key above it that is there; undefined when none is. */
  lineOf(path: readonly PropertyKey[]): number | undefined;
}

export type SettingsFileResult = { ok: true; file: SettingsFile } | { ok: false; faults: Fault[] };

/** Uses of aliases in the whole file; enough for a shared text, too few for a "billion laughs" file. */
const mostAliases = 50;

/** Our words for the parser's findings: its own repeat the source, which may hold a secret. */
const syntaxReasons: Partial<Record<YAMLError['code'], string>> = {
  DUPLICATE_KEY: 'has a key that is already in the same group',
  BAD_INDENT: 'is indented wrongly, or a bracket above it is open',
  TAB_AS_INDENT: 'is indented with a tab; use spaces',
  MULTIPLE_DOCS: 'begins a second document; one file holds one',
  TAG_RESOLVE_FAILED: 'has a tag; a value that begins with ! must be in quotes',
  BAD_ALIAS: 'has a bad alias; a value that begins with * must be in quotes',
  BAD_SCALAR_START: 'has a value that must be in quotes',
  MISSING_CHAR: 'misses a closing quote, bracket or a colon',
  NON_STRING_KEY: 'has a key that is no text',
};

/** Reads and parses a YAML 1.2 file. Faults name file and line, never what is written there. */
export function readSettingsFile(path: string, readFile: ReadFile): SettingsFileResult {
  const file = fileText(path, readFile);
  if (!file.ok) {
    return {
      ok: false,
      faults: [{ key: undefined, variable: fileVariable, at: undefined, reason: file.reason }],
    };
  }
  const lines = new LineCounter();
  const document = parseDocument(file.text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    uniqueKeys: true,
  });
  const findings = [...document.errors, ...document.warnings];
  if (findings.length > 0) {
    return { ok: false, faults: findings.map((finding) => syntaxFault(path, lines, finding)) };
  }
  const tree = plainTree(document);
  if (tree.ok) {
    const lineOf = (key: readonly PropertyKey[]) => lineOfKey(document.contents, lines, key);
    return { ok: true, file: { file: path, tree: tree.value, lineOf } };
  }
  return {
    ok: false,
    faults: [
      { key: undefined, variable: undefined, at: { file: path, line: undefined }, reason: tree.reason },
    ],
  };
}

type Tree = { ok: true; value: Record<string, unknown> } | { ok: false; reason: string };

function plainTree(document: ReturnType<typeof parseDocument>): Tree {
  if (document.contents === null) return { ok: true, value: {} };
  if (!isMap(document.contents)) return { ok: false, reason: 'must hold settings, each as "key: value"' };
  try {
    const tree: unknown = document.toJS({ maxAliasCount: mostAliases });
    return { ok: true, value: Object.fromEntries(Object.entries(tree ?? {})) };
  } catch {
    // The parser throws here for nothing but aliases: unknown ones, circles, and more uses than allowed.
    const reason = `has an alias that names nothing, or more than ${mostAliases} uses of aliases`;
    return { ok: false, reason: `${reason}; a value that begins with * must be in quotes` };
  }
}

function syntaxFault(file: string, lines: LineCounter, finding: YAMLError): Fault {
  const { line } = lines.linePos(finding.pos[0]);
  const reason = syntaxReasons[finding.code] ?? 'is not valid YAML';
  return { key: undefined, variable: undefined, at: { file, line }, reason };
}

function lineOfKey(root: Node | null, lines: LineCounter, path: readonly PropertyKey[]): number | undefined {
  let node: unknown = root;
  let offset: number | undefined;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === part);
      if (pair === undefined || !isScalar(pair.key)) break;
      offset = pair.key.range?.[0];
      node = pair.value;
    } else if (isSeq(node) && typeof part === 'number') {
      const item = node.items[part];
      if (!isMap(item) && !isScalar(item) && !isSeq(item)) break;
      offset = item.range?.[0];
      node = item;
    } else break;
  }
  return offset === undefined ? undefined : lines.linePos(offset).line;
}
