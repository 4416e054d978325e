import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tenantSchema } from '#config/tenant.ts';
import { allowedMethods, type KnownMethod, policyFaults, policyOf } from '#src/enrolment/policy.ts';
import { TEST_TENANT } from '../../support/test-tenant.ts';

const method = (kind: string, page?: string, channels?: readonly ('sms' | 'voice')[]): KnownMethod => ({
  kind,
  phishingResistant: false,
  channels: ({ settings }) =>
    (channels ?? []).filter((channel) => channel === 'sms' || settings.secondStep.spokenCode),
  signIn: channels === undefined ? {} : { send: async () => ({ kind: 'wait', until: 0 }) },
  setUp:
    page === undefined
      ? undefined
      : {
          page,
          field: () => ({ type: 'passkey', name: 'credential' }),
          prove: async () => ({ ok: false, reason: 'wrong' }),
        },
});
const registry = [
  method('sms', 'sms'),
  method('webauthn', 'yubikey'),
  method('yubico-otp', 'yubikey'),
  method('totp', 'app'),
  method('backup-code'),
];

const settings = (decided: Partial<Parameters<typeof tenantSchema.parse>[0] & object> = {}) =>
  tenantSchema.parse({ ...TEST_TENANT, secondStep: {}, firstSignIn: {}, ...decided });

test('a tenant that decides nothing offers every method in the order of the documents', () => {
  const { pages, required, backupCode, asks } = policyOf(settings(), registry);
  assert.deepEqual(pages, [
    { page: 'sms', kinds: ['sms'] },
    { page: 'yubikey', kinds: ['webauthn', 'yubico-otp'] },
    { page: 'app', kinds: ['totp'] },
  ]);
  assert.deepEqual(required, []);
  assert.equal(backupCode, true);
  assert.equal(asks, 'question-and-email');
});

test('a tenant chooses which methods there are and in which order', () => {
  const decided = settings({ secondStep: { methods: ['totp', 'yubico-otp'], required: ['totp'] } });
  assert.deepEqual(policyOf(decided, registry).pages, [
    { page: 'app', kinds: ['totp'] },
    { page: 'yubikey', kinds: ['yubico-otp'] },
  ]);
  assert.deepEqual(policyFaults(decided, registry), []);
});

test('a backup code is no method that a person sets up', () => {
  assert.equal(
    allowedMethods(settings(), registry).some(({ kind }) => kind === 'backup-code'),
    false,
  );
});

test('a method that this installation can not do is a fault that names the key and what it can', () => {
  const decided = settings({ secondStep: { methods: ['sms', 'carrier-pigeon'], required: ['sms'] } });
  const faults = policyFaults(decided, [method('totp', 'app')]);
  assert.deepEqual(faults, [
    { key: 'secondStep.methods', reason: 'names sms, which this installation can not do (it can: totp)' },
    {
      key: 'secondStep.methods',
      reason: 'names carrier-pigeon, which this installation can not do (it can: totp)',
    },
  ]);
});

test('a method that could send its codes in no way that the tenant allows is none that people could set up', () => {
  const calls = [method('sms', 'sms', ['voice']), method('totp', 'app')];
  const silent = settings({ secondStep: { spokenCode: false, methods: ['sms', 'totp'] } });
  assert.deepEqual(
    allowedMethods(silent, calls).map(({ kind }) => kind),
    ['totp'],
  );
  assert.match(policyFaults(silent, calls)[0]?.reason ?? '', /^names sms/);
  assert.deepEqual(policyFaults(settings(), calls), []);
});

test('a country without phone numbers is refused', () => {
  for (const code of ['XX', 'ZZ']) {
    assert.equal(tenantSchema.safeParse({ ...TEST_TENANT, phone: { countries: [code] } }).success, false);
  }
});

test('an installation without any method to set up is a fault', () => {
  assert.deepEqual(policyFaults(settings(), [method('backup-code')]), [
    { key: 'secondStep.methods', reason: 'has no method that people could set up' },
  ]);
});

test('required methods must be among those that are allowed', () => {
  const result = tenantSchema.safeParse({
    ...TEST_TENANT,
    secondStep: { methods: ['totp'], required: ['sms'] },
  });
  assert.equal(result.success, false);
});
