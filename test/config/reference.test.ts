import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { loadConfig } from '#config/load.ts';
import { configurationReference } from '#config/reference.ts';
import { listSettingKeys, listSettingLists } from '#config/setting-keys.ts';
import { filesOf } from './valid-settings.ts';

const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');

test('the reference page is what the schema generates', () => {
  assert.equal(
    page,
    configurationReference(),
    'run: npx poortwachter config reference > docs/configuration.md',
  );
});

test('the reference page names every setting and its variable', () => {
  for (const key of listSettingKeys())
    assert.ok(page.includes(`| \`${key.name}\` | \`${key.variable}\``), key.name);
});

test('the reference page names every list of groups, wherever it stands, with the keys of its entries', () => {
  const lists = listSettingLists().map(({ name, items }) => [name, items.length > 0]);
  assert.deepEqual(lists, [
    ['tenant.firstSignIn.questions', true],
    ['clients', true],
  ]);
  for (const { name } of listSettingLists()) assert.ok(page.includes(`\n## ${name}\n`), name);
});

test('the example on the reference page is a configuration', () => {
  const yaml = /```yaml\n([^`]+)```/.exec(page)?.[1] ?? '';
  const result = loadConfig({
    env: {
      POORTWACHTER_CONFIG: 'example.yaml',
      POORTWACHTER_MASTER_KEY: 'A'.repeat(43),
      DATABASE_URL: 'postgres://db/p?sslmode=verify-full',
      REDIS_URL: 'rediss://cache',
    },
    readFile: filesOf({ 'example.yaml': yaml, '/run/secrets/absence': 's'.repeat(43) }),
  });
  assert.deepEqual(result.ok ? [] : result.faults, []);
});
