import { CompiledQuery, type Kysely } from 'kysely';
import { z } from 'zod';
import type { Database } from '#adapters/postgres/schema.ts';

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string | undefined;
  'Index Cond'?: string | undefined;
  Plans?: PlanNode[] | undefined;
}

const planNode: z.ZodType<PlanNode> = z.looseObject({
  'Node Type': z.string(),
  'Relation Name': z.string().optional(),
  'Index Cond': z.string().optional(),
  get Plans() {
    return z.array(planNode).optional();
  },
});

const explained = z.array(z.object({ 'QUERY PLAN': z.array(z.object({ Plan: planNode })) }));

/** Reads a table without narrowing it by an index: all of the table, or all of an index. */
function readsEverything(node: PlanNode): boolean {
  const type = node['Node Type'];
  if (type === 'Seq Scan') return true;
  const usesIndex = type === 'Index Scan' || type === 'Index Only Scan' || type === 'Bitmap Index Scan';
  return usesIndex && node['Index Cond'] === undefined;
}

function faultsOf(node: PlanNode): string[] {
  const own = readsEverything(node) ? [`${node['Node Type']} on ${node['Relation Name'] ?? 'an index'}`] : [];
  return [...own, ...(node.Plans ?? []).flatMap(faultsOf)];
}

/**
 * What in a statement's plan reads a whole table. Planned with `enable_seqscan` off, so that a small table is planned
 * like a large one.
 */
export async function findFullScans(
  db: Kysely<Database>,
  text: string,
  parameters: readonly unknown[],
): Promise<string[]> {
  const rows = await db.transaction().execute(async (transaction) => {
    await transaction.executeQuery(CompiledQuery.raw('set local enable_seqscan = off'));
    const plan = CompiledQuery.raw(`explain (format json) ${text}`, [...parameters]);
    return (await transaction.executeQuery(plan)).rows;
  });
  return explained.parse(rows).flatMap((row) => row['QUERY PLAN'].flatMap(({ Plan }) => faultsOf(Plan)));
}
