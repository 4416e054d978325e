import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createDigester } from '#adapters/crypto/digester.ts';
import { monthsBefore } from '#src/audit/months.ts';
import type { AuditSeal } from '#src/audit/ports.ts';
import { openAuditSealer, type SealerParts } from '#src/audit/sealer.ts';
import { AppError } from '#src/errors.ts';
import { newRecord } from '../../contracts/audit-store.ts';
import { listeningLog } from '../../support/bare-socket.ts';
import { createTestClock } from '../../support/clock.ts';

/** A sealer over events that wait, so many a tenant. */
function openSealer(waiting: Map<string, number>, more: Partial<SealerParts> = {}) {
  const made: AuditSeal[] = [];
  let seq = 0;
  const { log, lines } = listeningLog();
  const seals: SealerParts['seals'] = {
    tenantsToSeal: async () => [...waiting].flatMap(([id, count]) => (count > 0 ? [id] : [])),
    async sealNext(tenantId, limit, make) {
      const count = Math.min(limit, waiting.get(tenantId) ?? 0);
      waiting.set(tenantId, (waiting.get(tenantId) ?? 0) - count);
      if (count === 0) return 0;
      const records = Array.from({ length: count }, () => {
        seq += 1;
        return { ...newRecord(tenantId), seq };
      });
      made.push(make({ tenantId, last: made.at(-1), records }));
      return count;
    },
  };
  const digester = createDigester(Buffer.alloc(32, 7));
  const sealer = openAuditSealer({ seals, digester, clock: createTestClock(), log, ...more });
  return { sealer, made, lines };
}

describe('the sealer', () => {
  test('seals all that waits, of every tenant, in batches that are not endless', async () => {
    const waiting = new Map([
      ['one', 1_200],
      ['other', 3],
    ]);
    const { sealer, made } = openSealer(waiting);
    await sealer.seal();
    assert.deepEqual(
      made.map(({ number, seqs }) => [number, seqs.length]),
      [
        [1, 500],
        [2, 500],
        [3, 200],
        [4, 3],
      ],
    );
    await sealer[Symbol.asyncDispose]();
  });

  test('seals by itself, every two seconds', async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] });
    const waiting = new Map([['one', 2]]);
    const { sealer, made } = openSealer(waiting);
    t.mock.timers.tick(1_999);
    await new Promise(setImmediate);
    assert.equal(made.length, 0);
    t.mock.timers.tick(1);
    for (let i = 0; i < 10; i += 1) await new Promise(setImmediate);
    assert.equal(made.length, 1);
    await sealer[Symbol.asyncDispose]();
  });

  test('seals once more when it ends', async () => {
    const { sealer, made } = openSealer(new Map([['one', 2]]));
    await sealer[Symbol.asyncDispose]();
    assert.equal(made.length, 1);
  });

  test('tells of an outage once, and goes on after it', async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] });
    let away = true;
    const asked: string[] = [];
    const { sealer, lines } = openSealer(new Map(), {
      seals: {
        async tenantsToSeal() {
          if (away) throw new AppError('store-unavailable', 503, 'away');
          return ['one'];
        },
        async sealNext(tenantId) {
          asked.push(tenantId);
          return 0;
        },
      },
    });
    const tick = async () => {
      t.mock.timers.tick(2_000);
      for (let i = 0; i < 10; i += 1) await new Promise(setImmediate);
    };
    await tick();
    await tick();
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? '', /can not be sealed/);
    await assert.rejects(sealer.seal(), { code: 'store-unavailable' });
    away = false;
    await tick();
    assert.deepEqual(asked, ['one']);
    await sealer[Symbol.asyncDispose]();
  });
});

describe('months', () => {
  test('go back to the same day, or to the last of a shorter month', () => {
    for (const [from, months, to] of [
      ['2026-03-31T12:00:00.000Z', 1, '2026-02-28T12:00:00.000Z'],
      ['2024-03-31T12:00:00.000Z', 1, '2024-02-29T12:00:00.000Z'],
      ['2026-01-15T09:00:00.000Z', 60, '2021-01-15T09:00:00.000Z'],
      ['2026-01-01T00:00:00.000Z', 1, '2025-12-01T00:00:00.000Z'],
      ['2024-02-29T00:00:00.000Z', 12, '2023-02-28T00:00:00.000Z'],
    ] as const) {
      assert.equal(new Date(monthsBefore(Date.parse(from), months)).toISOString(), to);
    }
  });
});
