import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { TenantSettings } from '#config/tenant.ts';
import type { TenantStore } from '#src/tenant/ports.ts';
import { tenantSettings } from '../support/tenants.ts';

const ISSUER = 'https://noord.example:8443';

/** An empty store, its count of changes, and a way to keep settings that no version would write. */
export interface FurtherTenantsSetting {
  tenants: TenantStore;
  revision(): Promise<number>;
  keep(key: string, settings: unknown): Promise<void>;
}

/** What every TenantStore must do with tenants that are data. */
export function describeFurtherTenants(
  name: string,
  makeSetting: (t: TestContext) => Promise<FurtherTenantsSetting>,
): void {
  const noord = (changes: Partial<TenantSettings> = {}) => ({
    issuer: ISSUER,
    settings: tenantSettings('noord', changes),
  });

  describe(`further tenants on ${name}`, () => {
    test('a tenant is found by its host with its port, and by its key, with all its settings', async (t) => {
      const { tenants } = await makeSetting(t);
      const { settings } = noord({ theme: { backdrop: '#123456' }, defaultLocale: 'en' });
      const made = await tenants.apply({ issuer: ISSUER, settings });
      assert.ok(made.kind === 'created');
      const { id } = made.tenant;
      assert.deepEqual(made.tenant, { id, key: 'noord', issuer: ISSUER, settings });
      const kept = { id, key: 'noord', issuer: ISSUER, source: { from: 'row', settings } };
      assert.deepEqual(await tenants.byHost('noord.example:8443'), kept);
      assert.deepEqual(await tenants.byKey('noord'), kept);
      for (const host of ['noord.example', 'example:8443', 'NOORD.example:8443', '', '%', 'a\0b', '\ud800']) {
        assert.equal(await tenants.byHost(host), undefined, host);
      }
      for (const key of ['Noord', 'noor', '', 'a\0b']) assert.equal(await tenants.byKey(key), undefined, key);
    });

    test('the tenant of the configuration is found too, and says whose its settings are', async (t) => {
      const { tenants } = await makeSetting(t);
      const made = await tenants.ensure('default', 'https://login.example');
      assert.deepEqual(await tenants.byHost('login.example'), made);
      assert.deepEqual(made.source, { from: 'configuration' });
    });

    test('settings are replaced, the same ones are no change, and only a change is counted', async (t) => {
      const { tenants, revision } = await makeSetting(t);
      const counts = [await revision()];
      const kinds: string[] = [];
      for (const wanted of [noord(), noord(), noord({ name: 'Anders' }), noord({ name: 'Anders' })]) {
        kinds.push((await tenants.apply(wanted)).kind);
        counts.push(await revision());
      }
      assert.deepEqual(kinds, ['created', 'unchanged', 'changed', 'unchanged']);
      const [first = 0] = counts;
      assert.deepEqual(
        counts.map((count) => count - first),
        [0, 1, 1, 2, 2],
      );
      const kept = (await tenants.byKey('noord'))?.source;
      assert.ok(kept?.from === 'row' && kept.settings.name === 'Anders');
    });

    test('an issuer never moves, and a host is one tenant’s', async (t) => {
      const { tenants, revision } = await makeSetting(t);
      await tenants.apply(noord());
      const before = await revision();
      const elsewhere = { ...noord({ name: 'Anders' }), issuer: 'https://elders.example' };
      assert.deepEqual(await tenants.apply(elsewhere), { kind: 'issuer-fixed', issuer: ISSUER });
      for (const issuer of [ISSUER, ISSUER.replace('https:', 'http:')]) {
        const other = { issuer, settings: tenantSettings('zuid') };
        assert.deepEqual(await tenants.apply(other), { kind: 'issuer-taken' });
      }
      assert.equal(await tenants.byKey('zuid'), undefined);
      assert.equal(await revision(), before);
    });

    test('the tenant of the configuration is not touched', async (t) => {
      const { tenants } = await makeSetting(t);
      const made = await tenants.ensure('noord', ISSUER);
      assert.deepEqual(await tenants.apply(noord()), { kind: 'configured' });
      assert.deepEqual(await tenants.byKey('noord'), made);
    });

    test('of 20 at once that make a tenant one does, and all know the same', async (t) => {
      const { tenants } = await makeSetting(t);
      const results = await Promise.all(Array.from({ length: 20 }, () => tenants.apply(noord())));
      assert.equal(results.filter(({ kind }) => kind === 'created').length, 1);
      assert.equal(results.filter(({ kind }) => kind === 'unchanged').length, 19);
    });

    test('a row that does not fit names its fields and not their values, and leaves others alone', async (t) => {
      const { tenants, keep } = await makeSetting(t);
      await tenants.apply(noord());
      await tenants.apply({ issuer: 'https://zuid.example', settings: tenantSettings('zuid') });
      const { key: _key, name: _name, ...rest } = noord().settings;
      await keep('noord', { ...rest, theme: { accent: 'planted' }, extra: 'planted' });
      const source = (await tenants.byHost('noord.example:8443'))?.source;
      assert.ok(source?.from === 'unfit');
      assert.deepEqual([...source.faults].sort(), [
        'extra is not a setting',
        'name is required',
        'theme.accent must be a colour like #1f4e79',
      ]);
      assert.equal((await tenants.byKey('zuid'))?.source.from, 'row');
      assert.deepEqual(
        (await tenants.list({ limit: 10 })).tenants.map((tenant) => [tenant.key, tenant.source.from]),
        [
          ['noord', 'unfit'],
          ['zuid', 'row'],
        ],
      );
      for (const settings of [[], 'text', 7]) {
        await keep('noord', settings);
        assert.equal((await tenants.byKey('noord'))?.source.from, 'unfit', JSON.stringify(settings));
      }
      assert.equal((await tenants.apply(noord())).kind, 'changed', 'and it can be put right');
    });

    test('the list goes on where a page ended', async (t) => {
      const { tenants } = await makeSetting(t);
      for (const key of ['c', 'a', 'd', 'b']) {
        await tenants.apply({ issuer: `https://${key}.example`, settings: tenantSettings(key) });
      }
      const keysOf = async (after?: string) => {
        const { tenants: page, next } = await tenants.list({ limit: 3, after });
        return { keys: page.map(({ key }) => key), next };
      };
      assert.deepEqual(await keysOf(), { keys: ['a', 'b', 'c'], next: 'c' });
      assert.deepEqual(await keysOf('c'), { keys: ['d'], next: undefined });
    });
  });
}
