import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import { AppError } from '#src/errors.ts';
import type { TenantStore } from '#src/tenant/ports.ts';
import { failClosedStore } from './fail-closed.ts';
import type { Database } from './schema.ts';

/**
 * Where tenants are kept. `ensure` throws AppError `tenant-mismatch` when the issuer is another tenant's.
 * `moveIssuer` needs the owner role: the application role may not change under what name people sign in.
 */
export function createTenantStore({ db }: { db: Kysely<Database> }): TenantStore {
  const find = (key: string) =>
    db.selectFrom('tenant').select(['id', 'key', 'issuer']).where('key', '=', key).executeTakeFirst();
  return failClosedStore<TenantStore>({
    async ensure(key, issuer) {
      const known = await find(key);
      if (known !== undefined) return known;
      await db
        .insertInto('tenant')
        .values({ id: randomUUID(), key, issuer })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      const made = await find(key);
      if (made === undefined) {
        throw new AppError('tenant-mismatch', 500, `issuer ${issuer} belongs to another tenant than ${key}`);
      }
      return made;
    },

    async moveIssuer(id, issuer) {
      const { numUpdatedRows } = await db
        .updateTable('tenant')
        .set({ issuer })
        .where('id', '=', id)
        .executeTakeFirst();
      if (numUpdatedRows !== 1n) throw new AppError('not-found', 404, `there is no tenant ${id}`);
    },
  });
}
