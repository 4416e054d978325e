import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createFactorMethods, type FactorParts } from '#interactions/factors/registry.ts';
import { createTexts, isTextKey } from '#interactions/i18n.ts';
import type { Channel } from '#src/message/ports.ts';
import { createSendCode } from '#src/message/send-code.ts';
import { createMessageBench } from '../../src/message/message-bench.ts';

/** The registry of an installation that serves these channels; nothing is asked of its methods here. */
function registryOf({ channels, validates = true }: { channels: Channel[]; validates?: boolean }) {
  const bench = createMessageBench();
  const parts: FactorParts = {
    ...bench,
    courier: { ...bench.courier, channels },
    sendCode: createSendCode(bench),
    texts: createTexts(),
    validation: validates ? { validate: async () => ({ kind: 'unavailable' }) } : undefined,
    backupCodes: { check: async () => 'wrong' },
  };
  return createFactorMethods(parts);
}

const kindsOf = (installation: Parameters<typeof registryOf>[0]) =>
  registryOf(installation).map(({ kind }) => kind);

const ALL = ['sms', 'webauthn', 'yubico-otp', 'totp', 'backup-code'];

describe('registry of second-step methods', () => {
  test('offers them in the order of the documents, each with a kind of its own and a name for people', () => {
    assert.deepEqual(kindsOf({ channels: ['sms', 'voice', 'email'] }), ALL);
    for (const kind of ALL) assert.ok(isTextKey(`factor.${kind}.name`), kind);
  });

  test('has codes by phone only where somebody sends or speaks them', () => {
    const withoutPhone = ALL.filter((kind) => kind !== 'sms');
    assert.deepEqual(kindsOf({ channels: [] }), withoutPhone);
    assert.deepEqual(kindsOf({ channels: ['email'] }), withoutPhone);
    assert.deepEqual(kindsOf({ channels: ['voice'] }), ALL);
  });

  test('has codes that a YubiKey types only where a service validates them', () => {
    const kinds = kindsOf({ channels: ['sms'], validates: false });
    assert.deepEqual(
      kinds,
      ALL.filter((kind) => kind !== 'yubico-otp'),
    );
  });

  test('always has a method to set up and one that can’t be phished, because there is always a second step', () => {
    const least = registryOf({ channels: [], validates: false });
    const pages = least.flatMap(({ setUp }) => (setUp === undefined ? [] : [setUp.page]));
    assert.deepEqual(pages, ['yubikey', 'app']);
    assert.ok(least.some(({ phishingResistant }) => phishingResistant));
  });

  test('sets up everything but a backup code on a page, of which methods may share one', () => {
    const pages = registryOf({ channels: ['sms'] }).map(({ setUp }) => setUp?.page);
    assert.deepEqual(pages, ['sms', 'yubikey', 'yubikey', 'app', undefined]);
  });
});
