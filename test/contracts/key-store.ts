import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { KeyStore, StoredKey } from '#src/provider/ports.ts';
import type { TenantId } from '#src/tenant/tenant.ts';

/** An empty KeyStore and two tenants that exist. */
export interface KeyStoreSetting {
  keys: KeyStore;
  tenantId: TenantId;
  otherTenantId: TenantId;
}

const AT = Date.UTC(2026, 0, 15, 9, 0, 0, 123);

function cookieKey(id: string): StoredKey {
  return {
    id,
    purpose: 'cookie',
    tenantId: undefined,
    kind: 'hmac',
    secret: `secret of ${id}`,
    createdAt: AT,
  };
}

function signingKey(id: string, tenantId: TenantId, kind: StoredKey['kind']): StoredKey {
  return { id, purpose: 'signing', tenantId, kind, secret: `{"kid":"${id}"}`, createdAt: AT };
}

type MakeStore = (t: TestContext) => Promise<KeyStoreSetting>;

function describeOneCurrent(makeStore: MakeStore): void {
  test('a key comes back as it was put in', async (t) => {
    const { keys, tenantId } = await makeStore(t);
    const signing = signingKey('ec-1', tenantId, 'ec');
    await keys.addIfMissing(signing);
    await keys.addIfMissing(cookieKey('cookie-1'));
    assert.deepEqual(await keys.list('signing', tenantId), [signing]);
    assert.deepEqual(await keys.list('cookie', undefined), [cookieKey('cookie-1')]);
  });

  test('a purpose has one current key of a kind: the first stays', async (t) => {
    const { keys, tenantId } = await makeStore(t);
    await keys.addIfMissing(cookieKey('cookie-1'));
    await keys.addIfMissing(cookieKey('cookie-2'));
    await keys.addIfMissing(signingKey('rsa-1', tenantId, 'rsa'));
    await keys.addIfMissing(signingKey('rsa-2', tenantId, 'rsa'));
    assert.deepEqual(await keys.list('cookie', undefined), [cookieKey('cookie-1')]);
    assert.deepEqual(await keys.list('signing', tenantId), [signingKey('rsa-1', tenantId, 'rsa')]);
  });

  test('20 first starts at once agree on one key', async (t) => {
    const { keys } = await makeStore(t);
    await Promise.all(Array.from({ length: 20 }, (_, at) => keys.addIfMissing(cookieKey(`cookie-${at}`))));
    assert.equal((await keys.list('cookie', undefined)).length, 1);
  });
}

function describeApart(makeStore: MakeStore): void {
  test('kinds and purposes do not stand in each other’s way, oldest first', async (t) => {
    const { keys, tenantId } = await makeStore(t);
    const later = { ...signingKey('ec-1', tenantId, 'ec'), createdAt: AT + 1 };
    await keys.addIfMissing(later);
    await keys.addIfMissing(signingKey('okp-1', tenantId, 'okp'));
    await keys.addIfMissing(cookieKey('cookie-1'));
    await keys.addIfMissing({ ...cookieKey('digest-1'), purpose: 'digest' });
    const signing = await keys.list('signing', tenantId);
    assert.deepEqual(
      signing.map((key) => key.id),
      ['okp-1', 'ec-1'],
    );
    assert.equal((await keys.list('digest', undefined))[0]?.id, 'digest-1');
  });

  test('a tenant never sees the keys of another', async (t) => {
    const { keys, tenantId, otherTenantId } = await makeStore(t);
    await keys.addIfMissing(signingKey('ec-1', tenantId, 'ec'));
    assert.deepEqual(await keys.list('signing', otherTenantId), []);
    await keys.addIfMissing(signingKey('ec-2', otherTenantId, 'ec'));
    assert.deepEqual(await keys.list('signing', otherTenantId), [signingKey('ec-2', otherTenantId, 'ec')]);
    assert.deepEqual(await keys.list('signing', undefined), []);
  });
}

/** What every KeyStore must do. */
export function describeKeyStoreContract(name: string, makeStore: MakeStore): void {
  describe(`KeyStore on ${name}`, () => {
    describeOneCurrent(makeStore);
    describeApart(makeStore);
  });
}
