import { randomUUID } from 'node:crypto';
import { type Kysely, type Selectable, sql } from 'kysely';
import { keptOf, parseKeptSettings } from '#config/tenant.ts';
import { AppError } from '#src/errors.ts';
import type { ApplyResult, SettingsSource, StoredTenant, TenantStore } from '#src/tenant/ports.ts';
import { failClosedStore } from './fail-closed.ts';
import { isStorableText } from './lookup-value.ts';
import { bumpRevision } from './revision-store.ts';
import type { Database, TenantTable } from './schema.ts';

const COLUMNS = ['id', 'key', 'issuer', 'settings'] as const;

type TenantRow = Pick<Selectable<TenantTable>, (typeof COLUMNS)[number]>;
type Applied = Parameters<TenantStore['apply']>[0];

function sourceOf({ key, settings }: TenantRow): SettingsSource {
  if (settings === null) return { from: 'configuration' };
  const kept = parseKeptSettings(key, settings);
  return kept.ok ? { from: 'row', settings: kept.settings } : { from: 'unfit', faults: kept.faults };
}

function toTenant(row: TenantRow): StoredTenant {
  const { id, key, issuer } = row;
  return { id, key, issuer, source: sourceOf(row) };
}

const find = (db: Kysely<Database>) => db.selectFrom('tenant').select(COLUMNS);

/** Makes the row unless its key, issuer or host is another's; undefined then. */
async function insert(db: Kysely<Database>, { issuer, settings }: Applied): Promise<string | undefined> {
  const made = await db
    .insertInto('tenant')
    .values({ id: randomUUID(), key: settings.key, issuer, settings: JSON.stringify(keptOf(settings)) })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  return made?.id;
}

/** Writes settings over others; false when the same stand there. */
async function replace(db: Kysely<Database>, id: string, { settings }: Applied): Promise<boolean> {
  const text = JSON.stringify(keptOf(settings));
  const { numUpdatedRows } = await db
    .updateTable('tenant')
    .set({ settings: text })
    .where('id', '=', id)
    .where(sql<boolean>`settings <> ${text}::jsonb`)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

async function apply(db: Kysely<Database>, wanted: Applied): Promise<ApplyResult> {
  const { issuer, settings } = wanted;
  const { key } = settings;
  const made = await insert(db, wanted);
  if (made !== undefined) {
    await bumpRevision(db, 'tenants');
    return { kind: 'created', tenant: { id: made, key, issuer, settings } };
  }
  const known = await find(db).where('key', '=', key).executeTakeFirst();
  if (known === undefined) return { kind: 'issuer-taken' };
  if (known.settings === null) return { kind: 'configured' };
  if (known.issuer !== issuer) return { kind: 'issuer-fixed', issuer: known.issuer };
  const changed = await replace(db, known.id, wanted);
  if (changed) await bumpRevision(db, 'tenants');
  return { kind: changed ? 'changed' : 'unchanged', tenant: { id: known.id, key, issuer, settings } };
}

/**
 * Where tenants are kept. `ensure` throws AppError `tenant-mismatch` when the issuer is another tenant's.
 * `moveIssuer` needs the owner role: the application role may not change under what name people sign in.
 */
export function createTenantStore({ db }: { db: Kysely<Database> }): TenantStore {
  const byKey = async (key: string): Promise<StoredTenant | undefined> => {
    if (!isStorableText(key)) return undefined;
    const row = await find(db).where('key', '=', key).executeTakeFirst();
    return row && toTenant(row);
  };
  return failClosedStore<TenantStore>({
    byKey,

    async byHost(host) {
      // Anybody may name a host.
      if (!isStorableText(host)) return undefined;
      const row = await find(db).where('host', '=', host).executeTakeFirst();
      return row && toTenant(row);
    },

    async ensure(key, issuer) {
      const known = await byKey(key);
      if (known !== undefined) return known;
      await db
        .insertInto('tenant')
        .values({ id: randomUUID(), key, issuer })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      const made = await byKey(key);
      if (made === undefined) {
        throw new AppError('tenant-mismatch', 500, `issuer ${issuer} belongs to another tenant than ${key}`);
      }
      return made;
    },

    async list({ limit, after = '' }) {
      const rows = await find(db)
        .where('key', '>', after)
        .orderBy('key')
        .limit(limit + 1)
        .execute();
      const tenants = rows.slice(0, limit).map(toTenant);
      return { tenants, next: rows.length > limit ? tenants.at(-1)?.key : undefined };
    },

    apply: (wanted) => db.transaction().execute((transaction) => apply(transaction, wanted)),

    moveIssuer: (id, issuer) =>
      db.transaction().execute(async (transaction) => {
        const { numUpdatedRows } = await transaction
          .updateTable('tenant')
          .set({ issuer })
          .where('id', '=', id)
          .executeTakeFirst();
        if (numUpdatedRows !== 1n) throw new AppError('not-found', 404, `there is no tenant ${id}`);
        await bumpRevision(transaction, 'tenants');
      }),
  });
}
