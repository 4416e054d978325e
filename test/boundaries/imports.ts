/** One import of a module, from wherever it is written in a file. */
export interface Import {
  specifier: string;
  /** Erased before it runs: `import type`, `export type … from`. */
  typeOnly: boolean;
}

/** Statements begin a line, so words in comments and texts do not count. */
const statements = /^(?:import|export)\s(?:[^'"`;]*?\sfrom\s*)?['"]([^'"]+)['"]/gm;
const calls = /\bimport\(\s*['"]([^'"]+)['"]/g;
const types = /^(?:import|export)\s+type\s/;

/** Every module that a file imports or passes on, calls of `import()` and types included. */
export function importsOf(text: string): Import[] {
  const written = [...text.matchAll(statements)].map(([statement, specifier = '']) => ({
    specifier,
    typeOnly: types.test(statement),
  }));
  const called = [...text.matchAll(calls)].map(([, specifier = '']) => ({ specifier, typeOnly: false }));
  return [...written, ...called];
}
