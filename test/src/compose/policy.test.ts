import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSettings } from '#config/load.ts';
import type { RawSettings } from '#config/settings.ts';
import { compose } from '#src/compose.ts';
import { AppError } from '#src/errors.ts';
import { createLog } from '#src/log.ts';
import { validSettings } from '../../config/valid-settings.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import { testRedisUrl } from '../../support/redis.ts';

const log = createLog({ level: 'silent', format: 'json' });

test('a tenant of the configuration that wants what this installation can not do stops the start, every fault told', async (t) => {
  const { url } = await createTestDatabase(t);
  const configOf = (secondStep: RawSettings['tenant']['secondStep'], more: Partial<RawSettings> = {}) => {
    const loaded = parseSettings({
      ...validSettings,
      database: { url, poolSize: 1 },
      redis: { url: testRedisUrl() },
      unsafe: { plainHttp: true, unverifiedRedis: true, unverifiedDatabase: true },
      tenant: { ...validSettings.tenant, secondStep },
      ...more,
    });
    assert.ok(loaded.ok, JSON.stringify(loaded));
    return loaded.config;
  };
  const refusal = async (...settings: Parameters<typeof configOf>) => {
    const failure: unknown = await compose(configOf(...settings), { log }).then(
      (composition) => composition[Symbol.asyncDispose](),
      (thrown: unknown) => thrown,
    );
    return failure instanceof AppError ? [failure.code, failure.message] : failure;
  };

  const cannot = 'which this installation can not do (it can: webauthn, totp)';
  assert.deepEqual(await refusal({ methods: ['sms', 'totp', 'yubico-otp'] }), [
    'policy-impossible',
    `tenant.secondStep.methods names sms, ${cannot}; tenant.secondStep.methods names yubico-otp, ${cannot}`,
  ]);
  assert.deepEqual(await refusal({ required: ['sms'] }), [
    'policy-impossible',
    `tenant.secondStep.required names sms, ${cannot}`,
  ]);
  const messaging = { sms: ['http' as const], http: { url: 'https://sms.example/' } };
  assert.equal(await refusal({ methods: ['sms', 'totp'], required: ['sms'] }, { messaging }), undefined);
  assert.equal(await refusal({}), undefined);
});
