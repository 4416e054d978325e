import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { OneTimeStore } from '#src/message/ports.ts';
import type { MakeBench } from './volatile-bench.ts';

const SLOT = 'sign-in:anna';
const secret = { digest: 'right', binding: 'interaction', tries: 3, ttl: 300 };
const right = { digest: 'right', binding: 'interaction' };
const wrong = { digest: 'wrong', binding: 'interaction' };

function describeRedeeming(makeStore: MakeBench<OneTimeStore>): void {
  test('a right one is right once', async (t) => {
    const { store, tenantId } = await makeStore(t);
    assert.equal(await store.redeem(tenantId, SLOT, right), 'gone');
    await store.put(tenantId, SLOT, secret);
    assert.equal(await store.redeem(tenantId, SLOT, right), 'right');
    assert.equal(await store.redeem(tenantId, SLOT, right), 'gone');
  });

  test('of 50 parallel right tries one is right', async (t) => {
    const { store, tenantId } = await makeStore(t);
    await store.put(tenantId, SLOT, { ...secret, tries: 100 });
    const tries = Array.from({ length: 50 }, () => store.redeem(tenantId, SLOT, right));
    const answers = await Promise.all(tries);
    assert.equal(answers.filter((answer) => answer === 'right').length, 1);
    assert.equal(answers.filter((answer) => answer === 'gone').length, 49);
  });

  test('after as many wrong tries as there are it is gone, and the last one may be right', async (t) => {
    const { store, tenantId } = await makeStore(t);
    for (const last of ['right', 'wrong'] as const) {
      await store.put(tenantId, SLOT, secret);
      for (let i = 1; i < secret.tries; i += 1) {
        assert.equal(await store.redeem(tenantId, SLOT, wrong), 'wrong');
      }
      assert.equal(await store.redeem(tenantId, SLOT, { ...right, digest: last }), last);
      assert.equal(await store.waits(tenantId, SLOT, secret.binding), false);
      assert.equal(await store.redeem(tenantId, SLOT, right), 'gone');
    }
  });

  test('50 parallel wrong tries get no more than there are', async (t) => {
    const { store, tenantId } = await makeStore(t);
    await store.put(tenantId, SLOT, secret);
    const tries = Array.from({ length: 50 }, () => store.redeem(tenantId, SLOT, wrong));
    assert.equal((await Promise.all(tries)).filter((answer) => answer === 'wrong').length, secret.tries);
  });

  test('one with a single try is burnt by whatever comes of it', async (t) => {
    const { store, tenantId } = await makeStore(t);
    await store.put(tenantId, SLOT, { ...secret, tries: 1 });
    assert.equal(await store.redeem(tenantId, SLOT, wrong), 'wrong');
    assert.equal(await store.redeem(tenantId, SLOT, right), 'gone');
  });

  test('what was made for another binding is gone, and costs it no try', async (t) => {
    const { store, tenantId } = await makeStore(t);
    await store.put(tenantId, SLOT, secret);
    for (let i = 0; i < 2 * secret.tries; i += 1) {
      for (const digest of ['right', 'wrong']) {
        assert.equal(await store.redeem(tenantId, SLOT, { digest, binding: 'other' }), 'gone');
      }
    }
    for (let i = 1; i < secret.tries; i += 1) {
      assert.equal(await store.redeem(tenantId, SLOT, wrong), 'wrong');
    }
    assert.equal(await store.redeem(tenantId, SLOT, right), 'right');
  });
}

function describeKeeping(makeStore: MakeBench<OneTimeStore>): void {
  test('a new one takes the old one’s place, with tries, binding and lifetime of its own', async (t) => {
    const { store, tenantId, pass } = await makeStore(t);
    await store.put(tenantId, SLOT, secret);
    await store.redeem(tenantId, SLOT, wrong);
    await pass(200_000);
    await store.put(tenantId, SLOT, { ...secret, digest: 'newer', binding: 'later' });
    await pass(200_000);
    assert.equal(await store.redeem(tenantId, SLOT, right), 'gone');
    assert.equal(await store.waits(tenantId, SLOT, 'interaction'), false);
    const later = { ...right, binding: 'later' };
    for (let i = 1; i < secret.tries; i += 1) {
      assert.equal(await store.redeem(tenantId, SLOT, later), 'wrong');
    }
    assert.equal(await store.redeem(tenantId, SLOT, { ...later, digest: 'newer' }), 'right');
  });

  test('it waits for its binding until it is too old, and a try does not prolong that', async (t) => {
    const { store, tenantId, pass } = await makeStore(t);
    await store.put(tenantId, SLOT, secret);
    await pass(299_000);
    assert.equal(await store.redeem(tenantId, SLOT, wrong), 'wrong');
    assert.equal(await store.waits(tenantId, SLOT, 'interaction'), true);
    assert.equal(await store.waits(tenantId, SLOT, 'other'), false);
    await pass(1_000);
    assert.equal(await store.waits(tenantId, SLOT, 'interaction'), false);
    assert.equal(await store.redeem(tenantId, SLOT, right), 'gone');
  });

  test('a removed one is gone, and removing none is no fault', async (t) => {
    const { store, tenantId } = await makeStore(t);
    await store.put(tenantId, SLOT, secret);
    for (let i = 0; i < 2; i += 1) await store.remove(tenantId, SLOT);
    assert.equal(await store.waits(tenantId, SLOT, 'interaction'), false);
    assert.equal(await store.redeem(tenantId, SLOT, right), 'gone');
  });

  test('slots and tenants are walls', async (t) => {
    const { store, tenantId, otherTenantId } = await makeStore(t);
    await store.put(tenantId, SLOT, secret);
    for (const [tenant, slot] of [
      [tenantId, 'sign-in:bram'],
      [otherTenantId, SLOT],
    ] as const) {
      assert.equal(await store.waits(tenant, slot, 'interaction'), false);
      assert.equal(await store.redeem(tenant, slot, right), 'gone');
      await store.put(tenant, slot, { ...secret, digest: 'theirs' });
      await store.remove(tenant, slot);
    }
    assert.equal(await store.redeem(tenantId, SLOT, right), 'right');
  });
}

/** What every OneTimeStore keeps to. */
export function describeOneTimeStoreContract(name: string, makeStore: MakeBench<OneTimeStore>): void {
  describe(`${name} as store of one-time secrets`, () => {
    describeRedeeming(makeStore);
    describeKeeping(makeStore);
  });
}
