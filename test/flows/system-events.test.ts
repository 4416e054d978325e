import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import type { AuditRecord } from '#src/audit/ports.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { eventually } from '../support/product-process.ts';

const DAY = 24 * 3_600_000;

describe('what happens by itself', () => {
  const ending = endOfSuite();
  let installation: Installation;
  let clock: TestClock;
  before(async () => {
    clock = createTestClock();
    installation = await startInstallation(ending, { replicas: 1, clock });
  });
  const recorded = async (event: string): Promise<AuditRecord[]> => {
    const { durable, tenant } = installation.running.composition;
    const all = await durable.audit.events.page(tenant.id, { after: 0, limit: 1_000 });
    return all.filter((record) => record.event === event);
  };

  test('is in the audit log: a message that is given up, about whom it was', async () => {
    const { durable, tenant } = installation.running.composition;
    const { account } = await installation.createAccount({ loginName: 'onbereikbaar' });
    const item = { id: randomUUID(), tenantId: tenant.id, accountId: account.id, kind: 'message' };
    const times = { createdAt: clock.now(), expiresAt: clock.now() + DAY };
    await durable.queue.put([{ ...item, payload: 'of no version', channel: 'email', ...times }]);
    const [record, ...more] = await eventually(
      () => recorded('message.dead'),
      ({ length }) => length > 0,
    );
    assert.deepEqual(more, []);
    assert.deepEqual(
      [record?.actor, record?.outcome, record?.reason, record?.subject, record?.detail],
      [
        { kind: 'system' },
        'failure',
        'malformed',
        account.id,
        { message: item.id, kind: 'message', channel: 'email', attempts: 1 },
      ],
    );
  });

  test('is in the audit log: keys that roll because they are due, those of the installation too', async () => {
    const ask = () => fetch(`${installation.origin}/.well-known/openid-configuration`);
    assert.equal((await ask()).status, 200);
    clock.advance(90 * DAY);
    const records = await eventually(
      async () => {
        await ask();
        return recorded('key.rolled');
      },
      ({ length }) => length >= 4,
    );
    assert.deepEqual(records.map(({ detail }) => `${detail?.purpose} ${detail?.kind}`).toSorted(), [
      'cookie hmac',
      'signing ec',
      'signing okp',
      'signing rsa',
    ]);
    assert.ok(records.every(({ actor }) => actor.kind === 'system'));
  });
});
