import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { openControlServer } from '#src/cli/control-server.ts';
import type { Operations } from '#src/cli/operations.ts';
import { createControlledRun } from '#src/cli/run-command.ts';
import type { Reseal, ResealOptions, ResealSummary } from '#src/secret/reseal.ts';
import { endOfSuite } from '../../support/postgres.ts';
import { type OpenedOperations, openTestOperations, say } from './command-line.ts';

const PLACE = { table: 'factor', column: 'data_sealed', of: 'a-tenant' };

function summaryOf(unreadable: number, overtaken = 0): ResealSummary {
  const tables = [
    { table: 'factor', total: 10, resealed: 10 - unreadable - overtaken, overtaken, unreadable },
  ];
  return { currentKey: '0badcafe', sealedBy: { '0badcafe': 3, deadbeef: 10 }, tables, ms: 1_234 };
}

describe('keys reseal', () => {
  const ending = endOfSuite();
  let opened: OpenedOperations;
  before(async () => {
    opened = await openTestOperations(ending);
  });
  const operationsWith = (reseal: Reseal): Operations => ({ ...opened.operations, reseal });

  test('on real stores says under which key everything is, and that nothing is left', async () => {
    await opened.makeDigestKey();
    const said = await say(opened.operations, ['keys', 'reseal', '--json']);
    assert.equal(said.exit, 0, said.stderr);
    const { currentKey, sealedBy } = JSON.parse(said.stdout);
    assert.deepEqual(sealedBy, { [currentKey]: 1 });
    const counted = await say(opened.operations, ['keys', 'reseal', '--dry-run']);
    assert.match(counted.stdout, new RegExp(`^MASTER KEY +TEXTS\\n${currentKey} +1 +current\\n$`));
  });

  test('tells its progress and what it could not open on standard error, and ends with 1 for that', async () => {
    const reseal: Reseal = async ({ onProgress, onFault }) => {
      for (const done of [5, 7, 10]) {
        onProgress?.({ table: 'factor', done, total: 10, perSecond: 5, secondsLeft: (10 - done) / 5 });
      }
      onFault?.({ place: PLACE, id: 'a-row', reason: 'a value was sealed under an unknown key (deadbeef)' });
      return summaryOf(1);
    };
    const said = await say(operationsWith(reseal), ['keys', 'reseal']);
    assert.equal(said.exit, 1);
    assert.deepEqual(said.stderr.split('\n'), [
      'factor: 5 of 10, 5 a second, 1 s left',
      'factor: 10 of 10, 5 a second, done',
      'factor a-row (data_sealed, tenant a-tenant): a value was sealed under an unknown key (deadbeef)',
      '',
    ]);
    assert.match(
      said.stdout,
      /^TABLE .*UNREADABLE\nfactor +10 +9 +0 +1\nUnder master key 0badcafe, in 1\.2 s\.\n$/,
    );
  });

  test('says to run it again when others changed rows meanwhile, and ends well', async () => {
    const said = await say(
      operationsWith(async () => summaryOf(0, 2)),
      ['keys', 'reseal'],
    );
    assert.equal(said.exit, 0);
    assert.match(said.stdout, /run it again/);
  });

  test('runs in the process that holds the stores, with its lines, its summary and its exit code', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'poortwachter-test-'));
    const holder = { pid: process.pid, socket: join(folder, 'control.sock') };
    const asked: ResealOptions[] = [];
    const operations = operationsWith(async (options) => {
      asked.push(options);
      options.onProgress?.({ table: 'factor', done: 10, total: 10, perSecond: 5, secondsLeft: 0 });
      options.onFault?.({ place: PLACE, id: 'a-row', reason: 'nobody opens it' });
      return summaryOf(1);
    });
    const server = await openControlServer({ path: holder.socket, run: createControlledRun(operations) });
    t.after(async () => {
      await server[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    });
    const argv = [
      'keys',
      'reseal',
      '--batch',
      '20',
      '--dry-run',
      '--json',
      '--by',
      'anne',
      '--reason',
      'yearly',
    ];
    // No stores on this side: what succeeds has run on the other one.
    const said = await say(undefined, argv, { holder });
    assert.equal(said.exit, 1);
    assert.match(said.stderr, /^factor: 10 of 10.*\nfactor a-row .*: nobody opens it\n$/);
    assert.deepEqual(JSON.parse(said.stdout), summaryOf(1));
    assert.deepEqual([asked.length, asked[0]?.batch, asked[0]?.dryRun], [1, 20, true]);
    assert.deepEqual([asked[0]?.operator, asked[0]?.reason], ['anne', 'yearly']);
  });

  test('takes a batch of 1 to 10,000 texts', async () => {
    const asked: ResealOptions[] = [];
    const operations = operationsWith(async (options) => {
      asked.push(options);
      return summaryOf(0);
    });
    for (const size of ['0', '10001', 'x', '1.5']) {
      assert.equal((await say(operations, ['keys', 'reseal', '--batch', size])).exit, 2, size);
    }
    assert.equal((await say(operations, ['keys', 'reseal', '--batch', '20', '--dry-run'])).exit, 0);
    assert.deepEqual(
      asked.map(({ batch, dryRun }) => [batch, dryRun]),
      [[20, true]],
    );
  });
});
