import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as paths from '#interactions/settings/paths.ts';
import { ACCOUNT_PATH } from '#src/provider/account-client.ts';

const room = fileURLToPath(new URL('../../../interactions/', import.meta.url));
const pages = Object.values(paths).filter((path) => typeof path === 'string');

test('every page of the settings has an address of its own, which is written in one place', () => {
  assert.equal(new Set(pages).size, pages.length);
  for (const path of pages) assert.ok(path.startsWith(`${ACCOUNT_PATH}/`), path);
  const files = readdirSync(room, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const elsewhere = files.filter((name) =>
    /\$\{ACCOUNT_PATH\}\/|['"`]\/account\//.test(readFileSync(room + name, 'utf8')),
  );
  assert.deepEqual(elsewhere, ['settings/paths.ts']);
});

test('a method’s page and the page that adds one are under the list of methods', () => {
  assert.equal(paths.methodPath('a1'), '/account/methods/a1');
  assert.equal(paths.addPath('sms'), '/account/methods/add/sms');
});
