import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CompiledQuery, type Kysely, sql } from 'kysely';
import { z } from 'zod';
import type { Database } from '#adapters/postgres/schema.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import { createStores } from './store-contracts.ts';

const plan: z.ZodType<{ 'Node Type': string; 'Index Name'?: string | undefined; Plans?: unknown }> =
  z.looseObject({
    'Node Type': z.string(),
    'Index Name': z.string().optional(),
    Plans: z.array(z.unknown()).optional(),
  });

function scansIn(node: unknown): string[] {
  const { 'Node Type': type, 'Index Name': index, Plans: below } = plan.parse(node);
  const own = type.includes('Scan') && !/^(CTE|Subquery) /.test(type) ? [`${type} ${index ?? ''}`] : [];
  return [...own, ...(Array.isArray(below) ? below.flatMap(scansIn) : [])];
}

const explained = z.array(z.object({ 'QUERY PLAN': z.array(z.object({ Plan: z.unknown() })) }));

/** How a statement gets at rows, as planned for a table that is large. */
async function scansOf(db: Kysely<Database>, text: string, parameters: unknown[]): Promise<string[]> {
  const rows = await db.transaction().execute(async (transaction) => {
    for (const other of ['seqscan', 'bitmapscan', 'mergejoin', 'hashjoin'])
      await transaction.executeQuery(CompiledQuery.raw(`set local enable_${other} = off`));
    const explain = CompiledQuery.raw(`explain (format json) ${text}`, parameters);
    return (await transaction.executeQuery(explain)).rows;
  });
  return explained
    .parse(rows)
    .flatMap((row) => row['QUERY PLAN'].flatMap(({ Plan }) => scansIn(Plan)))
    .sort();
}

/** What a function does, with its parameters by number. */
async function bodyOf(db: Kysely<Database>, name: string): Promise<string> {
  const { rows } = await sql<{ body: string }>`
    select prosrc as body from pg_proc where proname = ${name}`.execute(db);
  return ['moment', 'lease_until', 'most'].reduce(
    (text, parameter, at) => text.replace(new RegExp(`\\b${parameter}\\b`), `$${at + 1}`),
    (rows[0]?.body ?? '').replace(/\s+/g, ' '),
  );
}

describe('the doors through which the queue is looked at', () => {
  test('read nothing but small indexes of what waits or is dead', async (t) => {
    const { owner } = await createTestDatabase(t);
    const { db } = owner;
    const claims = await bodyOf(db, 'claim_messages');
    assert.match(claims, /next_at <= \$1 .* limit \$3 .* next_at = \$2/);
    const moment = new Date();
    assert.deepEqual(await scansOf(db, claims, [moment, moment, 20]), [
      'Index Scan message_due',
      'Index Scan message_pkey',
    ]);
    // In one pass, for all kinds.
    assert.deepEqual(await scansOf(db, await bodyOf(db, 'message_depths'), []), [
      'Index Only Scan message_by_kind',
    ]);
  });

  test('are open to the application role, and to no other', async (t) => {
    const { owner, application } = await createTestDatabase(t);
    const { queue } = createStores(application);
    assert.deepEqual(await queue.claim({ at: Date.now(), leaseUntil: Date.now(), most: 1 }), []);
    const { rows } = await sql<{ name: string; granted: boolean }>`
      select proname as name, exists (select from aclexplode(proacl) where grantee = 0) as granted
      from pg_proc where proname in ('claim_messages', 'message_depths')`.execute(owner.db);
    assert.deepEqual(
      rows.map(({ granted }) => granted),
      [false, false],
    );
  });
});
