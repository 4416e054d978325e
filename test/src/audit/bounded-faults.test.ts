import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { boundFaults, REFUSALS_NOTED, REFUSALS_WINDOW } from '#src/audit/bounded-faults.ts';
import { createLog } from '#src/log.ts';
import { createTestClock } from '../../support/clock.ts';

const context = { tenantId: 'tenant', reference: 'AAAA-BBBB', address: '192.0.2.1' };

function createBench() {
  const clock = createTestClock();
  const noted: number[] = [];
  const warned: string[] = [];
  const log = createLog({ level: 'warn', format: 'json' }, { write: (line) => warned.push(line) });
  const faults = boundFaults({ errorShown: (_context, { status }) => noted.push(status) }, { clock, log });
  const meet = (status: number, times = 1) => {
    for (let i = 0; i < times; i += 1) faults.errorShown(context, { error: 'x', status });
  };
  return { clock, noted, warned, meet };
}

describe('refusals in the audit log', () => {
  test('are noted up to a number in ten minutes, which is told once, and from then on again', () => {
    const { clock, noted, warned, meet } = createBench();
    meet(404, REFUSALS_NOTED + 50);
    assert.equal(noted.length, REFUSALS_NOTED);
    assert.equal(warned.length, 1);
    clock.advance(REFUSALS_WINDOW);
    meet(400);
    assert.equal(noted.length, REFUSALS_NOTED + 1);
  });

  test('never keep a failure of ours out', () => {
    const { noted, meet } = createBench();
    meet(404, REFUSALS_NOTED + 1);
    meet(503, 2);
    assert.deepEqual(noted.slice(-2), [503, 503]);
  });

  test('begin anew when the clock is set back', () => {
    const { clock, noted, meet } = createBench();
    meet(404, REFUSALS_NOTED + 1);
    clock.advance(-1);
    meet(404);
    assert.equal(noted.length, REFUSALS_NOTED + 1);
  });
});
