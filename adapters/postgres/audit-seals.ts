import { type Kysely, type Selectable, sql } from 'kysely';
import type { AuditSeal, AuditSealStore, SealedRecord, SealMakings } from '#src/audit/ports.ts';
import { EVENT_COLUMNS, toSealed } from './audit-row.ts';
import type { TenantDatabase } from './connect.ts';
import { failClosedStore } from './fail-closed.ts';
import { toInstant, toMillis } from './instant.ts';
import type { AuditSealTable, Database } from './schema.ts';

/** Apart from every other use of such locks in this database. */
const LOCK_SPACE = 7_310_004;

function toSeal(row: Selectable<AuditSealTable>): AuditSeal {
  const { number, content, previous, hash } = row;
  // Within arrays the drivers leave large numbers as text.
  return { number, seqs: row.seqs.map(Number), content, previous, hash, sealedAt: toMillis(row.sealed_at) };
}

/** Whether this transaction is the one that seals; another one may be at it in another process. */
async function lock(db: Kysely<Database>, tenantId: string): Promise<boolean> {
  const { rows } = await sql<{ held: boolean }>`
    select pg_try_advisory_xact_lock(${LOCK_SPACE}, hashtext(${tenantId})) as held`.execute(db);
  return rows[0]?.held === true;
}

function last(db: Kysely<Database>, tenantId: string): Promise<SealMakings['last']> {
  return db
    .selectFrom('audit_seal')
    .select(['number', 'hash'])
    .where('tenant_id', '=', tenantId)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
}

async function pending(db: Kysely<Database>, tenantId: string, limit: number): Promise<SealedRecord[]> {
  const rows = await db
    .selectFrom('audit_pending')
    .innerJoin('audit_event', (join) =>
      join
        .onRef('audit_event.seq', '=', 'audit_pending.seq')
        .onRef('audit_event.tenant_id', '=', 'audit_pending.tenant_id'),
    )
    .select(EVENT_COLUMNS)
    .where('audit_pending.tenant_id', '=', tenantId)
    .orderBy('audit_pending.seq')
    .limit(limit)
    .execute();
  return rows.map(toSealed);
}

async function keep(db: Kysely<Database>, tenantId: string, seal: AuditSeal): Promise<void> {
  const { number, seqs, content, previous, hash, sealedAt } = seal;
  await db
    .insertInto('audit_seal')
    .values({
      ...{ tenant_id: tenantId, number, content, previous, hash },
      seqs: [...seqs],
      sealed_at: toInstant(sealedAt),
    })
    .execute();
  await sql`delete from audit_pending where tenant_id = ${tenantId} and seq = any(${[...seqs]}::bigint[])`.execute(
    db,
  );
}

function createReading(database: TenantDatabase): Pick<AuditSealStore, 'seals' | 'records' | 'walk'> {
  return {
    async seals(tenantId, { after, limit }) {
      const rows = await database
        .forTenant(tenantId)
        .selectFrom('audit_seal')
        .selectAll()
        .where('tenant_id', '=', tenantId)
        .where('number', '>', after)
        .orderBy('number')
        .limit(limit)
        .execute();
      return rows.map(toSeal);
    },

    async records(tenantId, seqs) {
      const rows = await database
        .forTenant(tenantId)
        .selectFrom('audit_event')
        .select(EVENT_COLUMNS)
        .where('tenant_id', '=', tenantId)
        .where(sql<boolean>`seq = any(${[...seqs]}::bigint[])`)
        .orderBy('seq')
        .execute();
      return rows.map(toSealed);
    },

    async walk(tenantId, { after, limit }) {
      const rows = await database
        .forTenant(tenantId)
        .selectFrom('audit_event')
        .leftJoin('audit_pending', 'audit_pending.seq', 'audit_event.seq')
        .select(['audit_event.seq', 'audit_pending.seq as waiting'])
        .where('audit_event.tenant_id', '=', tenantId)
        .where('audit_event.seq', '>', sql<number>`${after}::bigint`)
        .orderBy('audit_event.seq')
        .limit(limit)
        .execute();
      return rows.map(({ seq, waiting }) => ({ seq: Number(seq), pending: waiting !== null }));
    },
  };
}

/** Durable store of the seals over the audit log. */
export function createAuditSeals({ database }: { database: TenantDatabase }): AuditSealStore {
  return failClosedStore<AuditSealStore>({
    async tenantsToSeal() {
      // A door in the wall (0004): it says which tenants, and nothing about them.
      const { rows } = await sql<{ tenant_id: string }>`
        select tenant_id from tenants_to_seal() as tenant_id`.execute(database.db);
      return rows.map(({ tenant_id: id }) => id);
    },

    sealNext: (tenantId, limit, make) =>
      database
        .forTenant(tenantId)
        .transaction()
        .execute(async (transaction) => {
          if (!(await lock(transaction, tenantId))) return 0;
          const records = await pending(transaction, tenantId, limit);
          if (records.length === 0) return 0;
          await keep(
            transaction,
            tenantId,
            make({ tenantId, last: await last(transaction, tenantId), records }),
          );
          return records.length;
        }),

    ...createReading(database),

    async lostPending(tenantId) {
      const rows = await database
        .forTenant(tenantId)
        .selectFrom('audit_pending')
        .select('seq')
        .where('tenant_id', '=', tenantId)
        // Row by row through the key: few wait at any moment, and the log is long.
        .where(
          ({ selectFrom }) =>
            selectFrom('audit_event')
              .select('audit_event.seq')
              .whereRef('audit_event.seq', '=', 'audit_pending.seq'),
          'is',
          null,
        )
        .orderBy('seq')
        .execute();
      return rows.map(({ seq }) => Number(seq));
    },
  });
}
