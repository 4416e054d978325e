import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { AppError } from '#src/errors.ts';
import type { TenantStore } from '#src/tenant/ports.ts';

const ISSUER = 'https://login.example';

export type MakeTenantStore = (t: TestContext) => Promise<TenantStore>;

/** What every TenantStore must do with the tenant of the configuration. `makeStore` gives an empty one. */
export function describeTenantStoreContract(name: string, makeStore: MakeTenantStore): void {
  describe(`TenantStore on ${name}`, () => {
    test('a tenant is made once and keeps its id and issuer', async (t) => {
      const tenants = await makeStore(t);
      const made = await tenants.ensure('raetsheren', ISSUER);
      assert.equal(made.key, 'raetsheren');
      assert.equal(made.issuer, ISSUER);
      assert.deepEqual(made.source, { from: 'configuration' });
      assert.match(made.id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      assert.deepEqual(await tenants.ensure('raetsheren', ISSUER), made);
      assert.deepEqual(await tenants.ensure('raetsheren', 'https://elsewhere.example'), made);
    });

    test('20 first starts at once make one tenant', async (t) => {
      const tenants = await makeStore(t);
      const made = await Promise.all(Array.from({ length: 20 }, () => tenants.ensure('default', ISSUER)));
      assert.equal(new Set(made.map((tenant) => tenant.id)).size, 1);
    });

    test('two tenants never share an issuer', async (t) => {
      const tenants = await makeStore(t);
      await tenants.ensure('first', ISSUER);
      await assert.rejects(
        tenants.ensure('second', ISSUER),
        (error) => error instanceof AppError && error.code === 'tenant-mismatch',
      );
    });

    test('a moved tenant keeps its id under its new issuer', async (t) => {
      const tenants = await makeStore(t);
      const made = await tenants.ensure('default', ISSUER);
      const other = await tenants.ensure('other', 'https://other.example');
      await tenants.moveIssuer(made.id, 'https://moved.example');
      assert.deepEqual(await tenants.ensure('default', ISSUER), { ...made, issuer: 'https://moved.example' });
      assert.deepEqual(await tenants.ensure('other', ISSUER), other);
    });

    test('a tenant that is not there can not be moved', async (t) => {
      const tenants = await makeStore(t);
      await assert.rejects(
        tenants.moveIssuer('00000000-0000-4000-8000-000000000000', ISSUER),
        (error) => error instanceof AppError && error.code === 'not-found',
      );
    });
  });
}
