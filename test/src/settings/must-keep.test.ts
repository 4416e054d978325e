import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { TenantSettings } from '#config/tenant.ts';
import type { KnownMethod } from '#src/enrolment/policy.ts';
import { isOneWayLeft, mustKeep, removable } from '#src/settings/must-keep.ts';
import { tenantSettings } from '../../support/tenants.ts';

const KINDS = ['sms', 'webauthn', 'yubico-otp', 'totp'] as const;
const PAGES = { sms: 'sms', webauthn: 'yubikey', 'yubico-otp': 'yubikey', totp: 'app' } as const;

const registry = KINDS.map(
  (kind): KnownMethod => ({
    kind,
    phishingResistant: false,
    channels: () => [],
    signIn: {},
    setUp: {
      page: PAGES[kind],
      field: () => ({ type: 'passkey', name: 'credential' }),
      prove: async () => ({ ok: false, reason: 'wrong' }),
    },
  }),
);

/** A tenant that takes these kinds, and insists on those. */
function tenantOf(methods: readonly string[], required: readonly string[] = []): TenantSettings {
  const { secondStep, ...rest } = tenantSettings('noord');
  return { ...rest, secondStep: { ...secondStep, methods: [...methods], required: [...required] } };
}

test('one way is left where no second method is one that the tenant takes', () => {
  const left = (...kinds: string[]) =>
    isOneWayLeft(
      tenantOf(['totp', 'webauthn']),
      registry,
      kinds.map((kind) => ({ kind })),
    );
  assert.ok(left());
  assert.ok(left('totp'));
  assert.ok(left('totp', 'sms'), 'the tenant takes no number');
  assert.ok(!left('totp', 'totp'));
  assert.ok(!left('totp', 'webauthn', 'sms'));
});

describe('what must be left of a person’s methods', () => {
  const may = (settings: TenantSettings, owned: readonly string[], kind: string) =>
    removable(settings, registry, { owned, kind });

  test('is one that the tenant takes: the last of those stays, whatever else there is', () => {
    const settings = tenantOf(['totp', 'webauthn']);
    assert.equal(may(settings, ['totp'], 'totp'), 'last');
    assert.equal(may(settings, ['totp', 'totp'], 'totp'), 'yes');
    assert.equal(may(settings, ['totp', 'sms'], 'totp'), 'last', 'the tenant takes no number any more');
    assert.equal(may(settings, ['totp', 'sms'], 'sms'), 'yes');
  });

  test('is one of what the tenant insists on; of two kinds on one page either will do', () => {
    const settings = tenantOf(KINDS, ['webauthn', 'yubico-otp', 'totp']);
    assert.equal(may(settings, ['webauthn', 'totp', 'sms'], 'webauthn'), 'required');
    assert.equal(may(settings, ['webauthn', 'yubico-otp', 'totp'], 'webauthn'), 'yes');
    assert.equal(may(settings, ['webauthn', 'totp', 'sms'], 'totp'), 'required');
    assert.equal(may(settings, ['webauthn', 'totp', 'sms'], 'sms'), 'yes');
  });

  test('is not what the person lacks already: the next sign-in asks for that', () => {
    const settings = tenantOf(KINDS, ['webauthn']);
    assert.equal(may(settings, ['totp', 'sms'], 'sms'), 'yes');
    assert.deepEqual(mustKeep(settings, registry, ['totp', 'sms']), [[...KINDS]]);
    assert.equal(may(tenantOf(['webauthn']), ['sms', 'sms'], 'sms'), 'yes');
    assert.equal(may(tenantOf(['webauthn']), ['sms'], 'sms'), 'last', 'one stays in any case');
  });

  test('is told by the page as the store decides it', () => {
    const some = fc.subarray([...KINDS]);
    const owned = fc.array(fc.constantFrom(...KINDS), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(some, some, owned, fc.nat(), (methods, required, kinds, pick) => {
        const settings = tenantOf(methods, required);
        const kind = kinds[pick % kinds.length] ?? 'totp';
        const left = kinds.toSpliced(kinds.indexOf(kind), 1);
        const keep = mustKeep(settings, registry, kinds);
        const stands = left.length > 0 && keep.every((list) => left.some((one) => list.includes(one)));
        assert.equal(may(settings, kinds, kind) === 'yes', stands);
      }),
    );
  });
});
