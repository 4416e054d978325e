import { type OnConflictBuilder, type Selectable, sql } from 'kysely';
import type { Sealer } from '#src/secret/ports.ts';
import type { Factor, NewFactor } from '#src/sign-in/ports.ts';
import type { TenantDatabase } from './connect.ts';
import { toInstant, toMillis, toOptionalMillis } from './instant.ts';
import type { Database, FactorTable } from './schema.ts';
import { sealContext } from './seal-context.ts';

export interface FactorStoreParts {
  database: TenantDatabase;
  sealer: Sealer;
}

export const COLUMNS = [
  'id',
  'tenant_id',
  'account_id',
  'kind',
  'label',
  'data_sealed',
  'identity',
  'last_counter',
  'created_at',
  'last_used_at',
  'preferred_at',
  'cools_until',
] as const;

type FactorRow = Pick<Selectable<FactorTable>, (typeof COLUMNS)[number]>;

/** A factor as it is read; opens what is sealed. */
export function toFactor(row: FactorRow, sealer: Sealer): Factor {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    accountId: row.account_id,
    kind: row.kind,
    label: row.label,
    data: sealer.open(row.data_sealed, sealContext.factor(row.tenant_id, row.id)),
    identity: row.identity ?? undefined,
    lastCounter: row.last_counter ?? undefined,
    createdAt: toMillis(row.created_at),
    lastUsedAt: toOptionalMillis(row.last_used_at),
    preferredAt: toOptionalMillis(row.preferred_at),
    coolsUntil: toOptionalMillis(row.cools_until),
  };
}

/** A proved set-up counts as a use. */
export function toRow(factor: NewFactor, at: number, sealer: Sealer): FactorRow {
  return {
    id: factor.id,
    tenant_id: factor.tenantId,
    account_id: factor.accountId,
    kind: factor.kind,
    label: factor.label,
    data_sealed: sealer.seal(factor.data, sealContext.factor(factor.tenantId, factor.id)),
    identity: factor.identity ?? null,
    last_counter: factor.lastCounter ?? null,
    created_at: toInstant(at),
    last_used_at: toInstant(at),
    preferred_at: null,
    cools_until: factor.coolsUntil === undefined ? null : toInstant(factor.coolsUntil),
  };
}

/** The row as what a select gives, so that it is inserted only when the select finds something. */
export function asSelection(row: FactorRow) {
  return COLUMNS.map((column) => sql.val(row[column]).as(column));
}

/** A person has an identity once: another factor with it is left out. */
export function unlessOwned(conflict: OnConflictBuilder<Database, 'factor'>) {
  return conflict
    .columns(['tenant_id', 'kind', 'identity', 'account_id'])
    .where('identity', 'is not', null)
    .doNothing();
}
