import { type ExpressionBuilder, type Kysely, sql } from 'kysely';
import type { KeyOwner, KeyStore, NewKey } from '#src/provider/ports.ts';
import type { Sealer } from '#src/secret/ports.ts';
import type { TenantDatabase } from './connect.ts';
import { failClosedStore } from './fail-closed.ts';
import { toInstant, toMillis, toOptionalMillis } from './instant.ts';
import { bumpRevision } from './revision-store.ts';
import type { Database } from './schema.ts';
import { sealContext } from './seal-context.ts';

/** Another process was first: undoes the transaction, and is no failure. */
class Overtaken extends Error {}

async function add(db: Kysely<Database>, key: NewKey, sealer: Sealer): Promise<void> {
  const added = await db
    .insertInto('key')
    .values({
      id: key.id,
      purpose: key.purpose,
      tenant_id: key.tenantId ?? null,
      kind: key.kind,
      current_from: toInstant(key.currentFrom),
      succeeds: key.succeeds ?? null,
      secret_sealed: sealer.seal(key.secret, sealContext.key(key)),
      created_at: toInstant(key.createdAt),
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (added.numInsertedOrUpdatedRows !== 1n) throw new Overtaken();
}

/** The condition that a row is the owner's. */
function ownedBy({ purpose, tenantId }: KeyOwner) {
  return (row: ExpressionBuilder<Database, 'key'>) =>
    row.and([
      row('purpose', '=', purpose),
      tenantId === undefined ? row('tenant_id', 'is', null) : row('tenant_id', '=', tenantId),
    ]);
}

async function withdraw(db: Kysely<Database>, owner: KeyOwner, { id, at }: { id: string; at: number }) {
  const done = await db
    .updateTable('key')
    .set({ withdrawn_at: toInstant(at) })
    .where('id', '=', id)
    .where(ownedBy(owner))
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst();
  if (done.numUpdatedRows !== 1n) throw new Overtaken();
}

/**
 * Where signing, cookie and digest keys are kept, sealed and bound to their row. It needs no digester: the
 * digest key itself lives here.
 */
export function createKeyStore({ database, sealer }: { database: TenantDatabase; sealer: Sealer }): KeyStore {
  const rowsOf = ({ tenantId }: KeyOwner) =>
    tenantId === undefined ? database.db : database.forTenant(tenantId);
  return failClosedStore<KeyStore>({
    async list(owner) {
      const rows = await rowsOf(owner)
        .selectFrom('key')
        .select(['id', 'kind', 'secret_sealed', 'created_at', 'current_from', 'withdrawn_at', 'succeeds'])
        .where(ownedBy(owner))
        .orderBy('current_from')
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      return rows.map((row) => ({
        ...{ id: row.id, kind: row.kind, purpose: owner.purpose, tenantId: owner.tenantId },
        secret:
          row.secret_sealed === null
            ? undefined
            : sealer.open(row.secret_sealed, sealContext.key({ ...owner, id: row.id })),
        createdAt: toMillis(row.created_at),
        currentFrom: toMillis(row.current_from),
        withdrawnAt: toOptionalMillis(row.withdrawn_at),
        succeeds: row.succeeds ?? undefined,
      }));
    },

    async change(owner, { add: key, withdraw: ids = [] }) {
      try {
        await rowsOf(owner)
          .transaction()
          .execute(async (transaction) => {
            if (key !== undefined) await add(transaction, key, sealer);
            for (const one of ids) await withdraw(transaction, owner, one);
            await bumpRevision(transaction, 'keys');
          });
        return true;
      } catch (failure) {
        if (failure instanceof Overtaken) return false;
        throw failure;
      }
    },

    async wipe(owner, ids, at) {
      if (ids.length === 0) return;
      await rowsOf(owner)
        .transaction()
        .execute(async (transaction) => {
          for (const id of ids) {
            await transaction
              .updateTable('key')
              .set({ secret_sealed: null, withdrawn_at: sql<Date>`coalesce(withdrawn_at, ${toInstant(at)})` })
              .where('id', '=', id)
              .where(ownedBy(owner))
              .execute();
          }
          await bumpRevision(transaction, 'keys');
        });
    },
  });
}
