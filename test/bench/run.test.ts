import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { STEPS } from '../../bench/sign-in.ts';
import { startNode } from '../support/trial.ts';

const result = z.strictObject({
  operations: z.int().positive(),
  perSecond: z.number().positive(),
  p50: z.number().positive(),
  p95: z.number().positive(),
  p99: z.number().positive(),
  cpuMs: z.number().positive(),
  hashMs: z.number().nonnegative(),
});
const latency = z.strictObject({
  p50: z.number().positive(),
  p95: z.number().positive(),
  p99: z.number().positive(),
  samples: z.int().positive(),
});
const compared = z.strictObject({ ours: result, bare: result });

/** What a run of these measures writes, and nothing that is not known here. */
const written = z.strictObject({
  machine: z.strictObject({
    cpu: z.string().min(1),
    cores: z.int().positive(),
    memoryGb: z.number(),
    system: z.string().min(1),
  }),
  versions: z.record(
    z.enum(['poortwachter', 'node', 'oidc-provider', 'postgres', 'redis']),
    z.string().regex(/^\d/),
  ),
  date: z.iso.datetime(),
  options: z.record(z.string(), z.unknown()),
  settings: z.record(z.string(), z.unknown()),
  hash: z.strictObject({
    cpuMs: z.number().positive(),
    wallMs: z.number(),
    samples: z.array(z.number()).min(2),
  }),
  operations: z.strictObject({
    'sign-in': z.strictObject({ ours: result }),
    userinfo: compared,
    token: compared,
  }),
  alone: z.strictObject({ 'whole sign-in': result }),
  stepLatencies: z.record(z.enum(STEPS), latency),
  database: z.strictObject({
    megabytes: z.number().positive(),
    wholeTableReads: z.number(),
    indexes: z
      .array(
        z.strictObject({ table: z.string(), index: z.string(), megabytes: z.number(), scans: z.number() }),
      )
      .min(5),
  }),
  targets: z
    .array(z.looseObject({ name: z.string(), limit: z.number(), reached: z.boolean().optional() }))
    .min(10),
});

test('a short run signs people in for real and writes every number down', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'poortwachter-bench-test-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'results.json');
  const only = 'hash,sign-in,userinfo,token';
  const args = ['--quick', '--seconds', '0.1', '--clients', '2', '--only', only, '--json', file];
  const child = startNode(['bench/main.ts', ...args], { PATH: process.env.PATH });
  assert.equal(await child.ended, 0, child.printed());
  const results = written.parse(JSON.parse(await readFile(file, 'utf8')));
  assert.ok(results.operations['sign-in'].ours.operations > 1);
  assert.equal(results.database.wholeTableReads, 0);
  const bound = results.targets.filter(({ reached }) => reached !== undefined).map(({ name }) => name);
  assert.deepEqual(bound, [
    'whole sign-in',
    'userinfo, of bare oidc-provider',
    'token, of bare oidc-provider',
  ]);
});

test('a bench with arguments that make no sense starts nothing and says why', async () => {
  const child = startNode(['bench/main.ts', '--seconds', 'soon'], {});
  assert.equal(await child.ended, 2);
  assert.match(child.printed(), /--seconds must be a number from 0\.1 to 600, not "soon"/);
});
