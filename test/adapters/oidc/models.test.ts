import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { createMemoryArtifactStore } from '#adapters/memory/artifact-store.ts';
import { MODELS } from '#adapters/oidc/models.ts';
import { KEYS } from '#adapters/redis/keys.ts';
import { createTestClock } from '../../support/clock.ts';
import { createTestProvider } from './provider-bench.ts';

/** Rows of the Markdown table whose first heading this is. */
async function tableInDocs(heading: string): Promise<string[]> {
  const lines = (await readFile(new URL('../../../docs/stores.md', import.meta.url), 'utf8')).split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${heading} |`));
  assert.notEqual(start, -1, `docs/stores.md has no table headed ${heading}`);
  const end = lines.findIndex((line, i) => i > start && !line.startsWith('|'));
  return lines.slice(start + 2, end);
}

test('the table names every model that oidc-provider has', () => {
  const clock = createTestClock();
  const store = createMemoryArtifactStore({ clock });
  const provider = createTestProvider({
    store,
    tenantId: 't',
    otherTenantId: 'u',
    now: clock.now,
    pass: async (ms) => clock.advance(ms),
  });
  const names = Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(provider)))
    .filter(([name, descriptor]) => /^[A-Z]/.test(name) && descriptor.get !== undefined)
    .filter(([name]) => {
      const model: unknown = Reflect.get(provider, name);
      return typeof model === 'function' && 'adapter' in model && name !== 'BaseToken';
    })
    .map(([name]) => name);
  assert.deepEqual(names.sort(), Object.keys(MODELS).sort());
});

test('docs/stores.md shows the models as they are', async () => {
  const rows = Object.entries(MODELS).map(
    ([name, rule]) =>
      `| ${name} | ${rule.store} | ${rule.id} | ${rule.inGrant ? 'yes' : 'no'} | ${rule.why} |`,
  );
  assert.deepEqual(await tableInDocs('Model'), rows);
});

test('docs/stores.md shows the keys as they are', async () => {
  const rows = Object.values(KEYS).map(
    (rule) => `| \`${rule.pattern}\` | ${rule.type} | ${rule.ttl} | ${rule.why} |`,
  );
  assert.deepEqual(await tableInDocs('Key'), rows);
});
