import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const textOf = (path: string) => readFileSync(`${root}/${path}`, 'utf8');

test('every code of a failure is thrown or logged somewhere, not only described', () => {
  const described = ['src/errors.ts', 'interactions/views/error.view.ts'];
  const codes = [...textOf('src/errors.ts').matchAll(/^ {2}\| '([a-z-]+)'/gm)].map(([, code]) => code);
  assert.ok(codes.length > 5);
  const files = globSync('{src,adapters,interactions,demo}/**/*.ts', { cwd: root });
  const used = files.filter((path) => !described.includes(path)).map(textOf);
  const unused = codes.filter((code) => !used.some((text) => text.includes(`'${code}'`)));
  assert.deepEqual(unused, []);
});
