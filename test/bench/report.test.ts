import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readArguments } from '../../bench/arguments.ts';
import { Progress } from '../../bench/progress.ts';
import { report } from '../../bench/report.ts';
import type { Results } from '../../bench/results.ts';
import { drawTable, figure } from '../../bench/table.ts';
import { targetsOf } from '../../bench/targets.ts';

const result = (cpuMs: number) => ({
  operations: 1,
  perSecond: 1,
  p50: 1,
  p95: 2,
  p99: 3,
  cpuMs,
  hashMs: 10,
});

function resultsWith(more: Partial<Results>): Results {
  const read = readArguments([]);
  if (read.kind !== 'run') return assert.fail('no arguments are none too many');
  return {
    machine: { cpu: 'some processor', cores: 2, memoryGb: 4, system: 'Linux' },
    versions: { node: '24' },
    date: '2030-01-01T00:00:00.000Z',
    options: read.options,
    settings: {},
    operations: {},
    ...more,
  };
}

function reachedOf(results: Results, name: string): boolean | undefined {
  const target = targetsOf(results).find((one) => one.name.startsWith(name));
  return target === undefined ? assert.fail(`no target ${name}`) : target.reached;
}

describe('a speed to reach', () => {
  test('is reached at its limit and missed beyond it', () => {
    const alone = (cpuMs: number) => resultsWith({ alone: { 'whole sign-in': result(cpuMs) } });
    assert.equal(reachedOf(alone(20), 'whole sign-in'), true);
    assert.equal(reachedOf(alone(20.1), 'whole sign-in'), false);
  });

  test('beside bare oidc-provider is a share of its throughput for the same CPU time', () => {
    const token = (ours: number) =>
      resultsWith({ operations: { token: { ours: result(ours), bare: result(1) } } });
    assert.equal(reachedOf(token(2), 'token, of bare'), true);
    assert.equal(reachedOf(token(2.01), 'token, of bare'), false);
  });

  test('of known and unknown names is how far apart they are, whichever is slower', () => {
    const times = (p50: number) => ({ p50, p95: 30 });
    const tried = (known: number, unknown: number) => {
      const probe = { known: times(known), unknown: times(unknown), pairs: 400 };
      return resultsWith({ existence: { 'wrong password': probe } });
    };
    assert.equal(reachedOf(tried(20, 22), 'known and unknown, wrong'), true);
    for (const [known, unknown] of [
      [20, 22.1],
      [22.1, 20],
    ] as const) {
      assert.equal(reachedOf(tried(known, unknown), 'known and unknown, wrong'), false);
    }
    assert.match(report(tried(20, 22)), /wrong password: p50 20\.0 ms, who is not: 22\.0 ms/);
  });

  test('that was not measured is neither', () => {
    assert.ok(targetsOf(resultsWith({})).every(({ reached }) => reached === undefined));
    assert.equal(
      reachedOf(resultsWith({ operations: { token: { ours: result(1) } } }), 'token, of'),
      undefined,
    );
  });
});

test('the report has a line for every target and says which one was missed', () => {
  const results = resultsWith({ start: { ms: [2500], medianMs: 2500 } });
  const text = report(results);
  for (const { name } of targetsOf(results)) assert.ok(text.includes(name), name);
  assert.match(text, /^MISSED {3}start to ready: 2\.50 \(≤ 2 s\)$/m);
  assert.match(text, /^not run {2}whole sign-in: – /m);
});

test('a table keeps its columns whatever their cells are', () => {
  const lines = drawTable(
    ['', 'per s'],
    [
      ['token', '1'],
      ['introspection', '1000000'],
    ],
  ).split('\n');
  assert.deepEqual(lines, [
    '                 per s',
    '-------------  -------',
    'token                1',
    'introspection  1000000',
  ]);
});

test('a number shows about three figures, and none where there is none', () => {
  assert.deepEqual([0.123, 9.876, 12.34, 1234.5, Number.NaN].map(figure), [
    '0.12',
    '9.88',
    '12.3',
    '1235',
    '–',
  ]);
});

test('progress tells what runs and, at the pace so far, how long it still takes', () => {
  const lines: string[] = [];
  let now = 0;
  const stages = [
    { title: 'first', seconds: 10 },
    { title: 'second', seconds: 20 },
  ];
  const progress = new Progress(
    stages,
    (line) => lines.push(line),
    () => now,
  );
  progress.next();
  now = 20_000;
  progress.next();
  assert.deepEqual(lines, [' 1/2  first (about 30 s left)', ' 2/2  second (about 40 s left)']);
});
