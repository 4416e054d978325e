import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { createSealer, masterKeyFrom } from '#adapters/crypto/sealer.ts';
import { createMemoryFlowStore } from '#adapters/memory/flow-store.ts';
import { planSchema } from '#src/enrolment/plan.ts';
import { AppError } from '#src/errors.ts';
import { createFlowKeeper } from '#src/sign-in/flow-keeper.ts';
import type { SignInFlow } from '#src/sign-in/flow-state.ts';
import { createTestClock } from '../../support/clock.ts';
import { FIRST_PLAN } from './flow-events.ts';

const TTL = 3_600;
const enrolling: SignInFlow = {
  step: 'enrol',
  accountId: 'account-of-anna',
  loginName: 'Anna',
  proofs: [],
  plan: planSchema.parse(JSON.parse(JSON.stringify(FIRST_PLAN))),
  page: 'app',
  pending: { totp: '{"seed":"JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"}' },
  works: false,
};

function createSetting() {
  const clock = createTestClock();
  const flows = createMemoryFlowStore({ clock });
  const sealer = createSealer({
    current: masterKeyFrom(randomBytes(32).toString('base64')),
    previous: [],
  });
  return { clock, flows, sealer, keeper: createFlowKeeper({ flows, sealer, ttl: TTL }) };
}

const sealBroken = (failure: unknown) => failure instanceof AppError && failure.code === 'seal-broken';

test('a flow that was never stored begins at the password, with the login name that was hinted', async () => {
  const { keeper } = createSetting();
  assert.deepEqual(await keeper.load('tenant', 'uid', 'anna'), {
    flow: { step: 'password', loginName: 'anna' },
    version: 0,
  });
});

test('a kept flow comes back as it was', async () => {
  const { keeper } = createSetting();
  assert.equal(await keeper.save('tenant', 'uid', enrolling, 0), true);
  const kept = await keeper.load('tenant', 'uid', '');
  assert.deepEqual(kept.flow, enrolling);
  assert.ok(kept.version > 0);
});

test('a flow that another version of the product left begins at the beginning, and can be saved over', async () => {
  const { keeper, flows, sealer } = createSetting();
  const old = JSON.stringify({ step: 'second-step', accountId: 'account-of-anna', tries: 2 });
  await flows.save('tenant', 'uid', sealer.seal(old, 'flow:tenant:uid'), 0, TTL);
  const { flow, version } = await keeper.load('tenant', 'uid', 'anna');
  assert.deepEqual(flow, { step: 'password', loginName: 'anna' });
  assert.equal(await keeper.save('tenant', 'uid', enrolling, version), true);
  assert.deepEqual((await keeper.load('tenant', 'uid', '')).flow, enrolling);
});

test('nothing of a flow can be read in the store: no seed, no name, no account', async () => {
  const { keeper, flows } = createSetting();
  await keeper.save('tenant', 'uid', enrolling, 0);
  const stored = await flows.load('tenant', 'uid');
  assert.ok(stored);
  for (const text of ['JBSWY3DP', 'Anna', 'account-of-anna', 'enrol', 'totp']) {
    assert.equal(stored.value.includes(text), false, text);
    assert.equal(Buffer.from(stored.value, 'base64url').includes(text), false, text);
  }
});

test('a flow moved to another interaction or another tenant does not open', async () => {
  const { keeper, flows } = createSetting();
  await keeper.save('tenant', 'uid', enrolling, 0);
  const { value } = (await flows.load('tenant', 'uid')) ?? { value: '' };
  await flows.save('tenant', 'other', value, 0, TTL);
  await flows.save('other', 'uid', value, 0, TTL);
  await assert.rejects(keeper.load('tenant', 'other', ''), sealBroken);
  await assert.rejects(keeper.load('other', 'uid', ''), sealBroken);
});

test('of two turns that began at the same version only the first is kept', async () => {
  const { keeper } = createSetting();
  await keeper.save('tenant', 'uid', { step: 'password', loginName: '' }, 0);
  const { version } = await keeper.load('tenant', 'uid', '');
  assert.equal(await keeper.save('tenant', 'uid', enrolling, version), true);
  assert.equal(await keeper.save('tenant', 'uid', { step: 'blocked' }, version), false);
  assert.deepEqual((await keeper.load('tenant', 'uid', '')).flow, enrolling);
});

test('a flow ends an hour after its last step, and a removed one at once', async () => {
  const { keeper, clock } = createSetting();
  await keeper.save('tenant', 'old', enrolling, 0);
  await keeper.save('tenant', 'gone', enrolling, 0);
  await keeper.remove('tenant', 'gone');
  assert.equal((await keeper.load('tenant', 'gone', '')).flow.step, 'password');
  clock.advance(TTL * 1000 - 1);
  assert.equal((await keeper.load('tenant', 'old', '')).flow.step, 'enrol');
  clock.advance(1);
  assert.equal((await keeper.load('tenant', 'old', '')).flow.step, 'password');
});
