import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createDigester } from '#adapters/crypto/digester.ts';
import type { AuditEntry, NewAuditRecord } from '#src/audit/ports.ts';
import { createAuditTrail } from '#src/audit/trail.ts';
import { AppError } from '#src/errors.ts';
import { listeningLog } from '../../support/bare-socket.ts';
import { createTestClock } from '../../support/clock.ts';

const entry = (more: Partial<AuditEntry> = {}): AuditEntry => ({
  tenantId: 'tenant',
  event: 'sign-in.password',
  outcome: 'success',
  actor: { kind: 'anonymous' },
  reference: 'AAAA-0000',
  ...more,
});

const away = () => new AppError('store-unavailable', 503, 'the test says that the database is away');

/** A trail over a store that does as it is told, write by write. */
function openTrail(answer: (batch: readonly NewAuditRecord[]) => Promise<void> = async () => {}) {
  const writes: (readonly NewAuditRecord[])[] = [];
  const { log, lines } = listeningLog();
  const store = {
    append(_tenantId: string, records: readonly NewAuditRecord[]) {
      writes.push(records);
      return answer(records);
    },
  };
  const digester = createDigester(Buffer.alloc(32, 7));
  const trail = createAuditTrail({ store, digester, clock: createTestClock(), log });
  return { trail, writes, lines, digester };
}

describe('the audit trail', () => {
  test('writes at once what is recorded, and together what is recorded together', async () => {
    const { trail, writes } = openTrail();
    for (let i = 0; i < 5; i += 1) trail.record(entry());
    await trail.settled('AAAA-0000');
    assert.deepEqual(
      writes.map((batch) => batch.length),
      [5],
    );
  });

  test('writes together what comes while a write is under way, in no more than one write at a time', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { trail, writes } = openTrail(() => (writes.length === 1 ? promise : Promise.resolve()));
    trail.record(entry());
    await new Promise(setImmediate);
    for (let i = 0; i < 450; i += 1) trail.record(entry());
    await new Promise(setImmediate);
    assert.equal(writes.length, 1);
    resolve();
    await trail.settled('AAAA-0000');
    assert.deepEqual(
      writes.map((batch) => batch.length),
      [1, 200, 200, 50],
    );
  });

  test('writes each tenant’s events to that tenant', async () => {
    const { trail, writes } = openTrail();
    for (const tenantId of ['one', 'other', 'one']) trail.record(entry({ tenantId }));
    await trail.settled('AAAA-0000');
    assert.deepEqual(writes.map((batch) => batch.map(({ tenantId }) => tenantId)).toSorted(), [
      ['one', 'one'],
      ['other'],
    ]);
  });

  test('loses nothing that is recorded in the very moment in which a write ends', async () => {
    const { trail, writes } = openTrail();
    for (let i = 0; i < 200; i += 1) {
      trail.record(entry({ reference: `n${i}` }));
      await trail.settled(`n${i}`);
    }
    assert.equal(writes.flat().length, 200);
  });

  test('says so once when something under a number was lost, and begins anew then', async () => {
    let broken = true;
    const { trail, lines } = openTrail(async () => {
      if (broken) throw away();
    });
    trail.record(entry());
    const unkept = { code: 'store-unavailable', status: 503 };
    await assert.rejects(trail.settled('AAAA-0000'), unkept);
    assert.match(lines.join(''), /could not be kept/);
    await trail.settled('AAAA-0000');
    await trail.settled('BBBB-0000');
    broken = false;
    trail.record(entry());
    await trail.settled('AAAA-0000');
    // Also when nobody asks until long after.
    broken = true;
    trail.record(entry());
    for (let i = 0; i < 5; i += 1) await new Promise(setImmediate);
    await assert.rejects(trail.settled('AAAA-0000'), unkept);
    await trail.settled('AAAA-0000');
  });

  test('one number’s loss is not another’s', async () => {
    const { trail } = openTrail(async ([first]) => {
      if (first?.tenantId === 'broken') throw away();
    });
    trail.record(entry({ tenantId: 'broken' }));
    trail.record(entry({ reference: 'BBBB-0000' }));
    await trail.settled('BBBB-0000');
    await assert.rejects(trail.settled('AAAA-0000'));
  });

  test('an event that the store can not hold does not cost the others', async () => {
    const { trail, writes } = openTrail(async (batch) => {
      if (batch.some(({ event }) => event === 'bad')) throw new Error('no such thing');
    });
    trail.record(entry({ reference: 'good' }));
    trail.record(entry({ event: 'bad', reference: 'bad' }));
    trail.record(entry({ reference: 'good' }));
    await trail.settled('good');
    await assert.rejects(trail.settled('bad'));
    assert.equal(writes.length, 4);
  });

  test('what is only noted is never waited for and never refuses anybody', async () => {
    const { trail, writes } = openTrail(async () => {
      throw away();
    });
    trail.note(entry());
    await trail[Symbol.asyncDispose]();
    assert.equal(writes.length, 1);
    await trail.settled('AAAA-0000');
  });

  test('holds no more than it can while the database is away: what is more is lost, and told', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { trail, writes, lines } = openTrail(() => promise);
    trail.record(entry({ reference: 'first' }));
    await new Promise(setImmediate);
    for (let i = 0; i < 10_000; i += 1) trail.record(entry({ reference: 'many' }));
    trail.record(entry({ reference: 'one too many' }));
    await assert.rejects(trail.settled('one too many'), { code: 'store-unavailable' });
    assert.match(lines.at(-1) ?? '', /too many events/);
    resolve();
    await trail.settled('many');
    assert.equal(writes.flat().length, 10_001);
  });

  test('ends when all is written', async () => {
    const { trail, writes } = openTrail(() => new Promise(setImmediate));
    for (let i = 0; i < 300; i += 1) trail.record(entry());
    await trail[Symbol.asyncDispose]();
    assert.equal(writes.flat().length, 300);
  });
});

describe('a record of the audit log', () => {
  const shaped = async (more: Partial<AuditEntry>) => {
    const { trail, writes, digester } = openTrail();
    trail.record(entry(more));
    await trail[Symbol.asyncDispose]();
    const [record] = writes.flat();
    assert.ok(record);
    return { record, digester };
  };

  test('has address and browser as told and as digests of its tenant’s own, and the session as a digest alone', async () => {
    const { record, digester } = await shaped({
      address: '192.0.2.7',
      userAgent: 'Browser/1.0',
      session: 'session-id',
    });
    assert.equal(record.address, '192.0.2.7');
    assert.equal(record.userAgent, 'Browser/1.0');
    assert.equal(record.addressDigest, digester.digest('address', 'tenant\n192.0.2.7'));
    assert.equal(record.agentDigest, digester.digest('user-agent', 'tenant\nBrowser/1.0'));
    assert.equal(record.session, digester.digest('session', 'tenant\nsession-id'));
    const { record: other } = await shaped({ tenantId: 'other', address: '192.0.2.7' });
    assert.notEqual(other.addressDigest, record.addressDigest);
  });

  test('holds what every database can hold, and no more than 300 characters of anything', async () => {
    const long = `\0\ud800${'x'.repeat(400)}`;
    const { record } = await shaped({
      ...{ event: long, reason: long, client: long, factor: long, acr: long, reference: long, trace: long },
      ...{ address: long, userAgent: long, actor: { kind: 'operator', id: long } },
      detail: { [long]: long, list: Array.from({ length: 100 }, () => long), number: Number.NaN },
    });
    const texts = JSON.stringify(record).match(/"(?:[^"\\]|\\.)*"/g) ?? [];
    for (const text of texts) {
      const value = String(JSON.parse(text));
      assert.ok(value.length <= 300, `${value.length} characters`);
      assert.ok(value.isWellFormed() && !value.includes('\0'));
    }
    const { list } = record.detail ?? {};
    assert.ok(Array.isArray(list) && list.length === 50);
  });
});
