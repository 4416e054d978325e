import { existsSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { importsOf } from '../boundaries/imports.ts';
import { projectRoot } from './dockerfile.ts';

/** Everything a program may load: files of ours as paths from the project's root, and names of packages. */
export interface Loaded {
  files: Set<string>;
  packages: Set<string>;
}

/** `new URL('./x', import.meta.url)`: a worker's file, or a folder that is read from the disk. */
const besideThis = /new URL\(\s*'(\.[^']+)',\s*import\.meta\.url,?\s*\)/g;

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function specifiersOf(text: string): string[] {
  const imported = importsOf(text).filter(({ typeOnly }) => !typeOnly);
  const read = [...text.matchAll(besideThis)].map(([, path = '']) => path);
  return [...imported.map(({ specifier }) => specifier), ...read];
}

/** Follows imports, calls of `import()` and addresses of files from `entries` on; types are erased and not followed. */
export function loadedFrom(entries: readonly string[]): Loaded {
  const loaded: Loaded = { files: new Set(), packages: new Set() };
  const left = [...entries];
  for (let path = left.pop(); path !== undefined; path = left.pop()) {
    if (loaded.files.has(path)) continue;
    loaded.files.add(path);
    if (!/\.(ts|mjs|js)$/.test(path) || !existsSync(new URL(path, projectRoot))) continue;
    for (const specifier of specifiersOf(readFileSync(new URL(path, projectRoot), 'utf8'))) {
      if (specifier.startsWith('.')) left.push(posix.join(posix.dirname(path), specifier));
      else if (specifier.startsWith('#')) left.push(specifier.slice(1));
      else if (!specifier.startsWith('node:')) loaded.packages.add(packageOf(specifier));
    }
  }
  return loaded;
}
