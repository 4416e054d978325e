import { type Kysely, sql } from 'kysely';
import type { AccountStore } from '#src/account/ports.ts';
import { STRANGERS } from '#src/lockout/ports.ts';
import { ACCOUNT_COLUMNS, type AccountStoreParts, emailDigest, NOBODY, toAccount } from './account-row.ts';
import { toOptionalMillis } from './instant.ts';
import { isStorableText, isUuid } from './lookup-value.ts';
import type { Database } from './schema.ts';

export type AccountLookups = Pick<
  AccountStore,
  'findById' | 'findByLoginName' | 'findForSignIn' | 'findForRecovery' | 'findStanding' | 'list'
>;

/** A name as the database can compare it. */
interface Sought {
  canonical: string;
  digest: string;
}

/** Both ways to an account, the same text for every name (rule 3: nothing leaks who exists). */
function byNameOrEmail(db: Kysely<Database>, tenantId: string, { canonical, digest }: Sought) {
  const accounts = db
    .selectFrom('account')
    .select([...ACCOUNT_COLUMNS, 'password_hash'])
    .where('tenant_id', '=', tenantId);
  const byEmail = accounts
    .select(sql<string>`'email'`.as('found_by'))
    .where('email_digest', '=', digest)
    .where('email_verified', 'is', true)
    // The second one only tells that the address is not one account's own.
    .limit(2);
  return accounts
    .select(sql<string>`'login-name'`.as('found_by'))
    .where('login_name_canonical', '=', canonical)
    .unionAll((expression) => expression.parens(byEmail));
}

/** The same with the two lanes that tries of this browser may count in; a row without `first_seen_at` makes no lane. */
function signInQuery(db: Kysely<Database>, tenantId: string, sought: Sought, browser: string) {
  return db
    .selectFrom(byNameOrEmail(db, tenantId, sought).as('found'))
    .leftJoin('sign_in_lane as strangers', (join) =>
      join
        .on('strangers.tenant_id', '=', tenantId)
        .onRef('strangers.account_id', '=', 'found.id')
        .on('strangers.lane', '=', STRANGERS),
    )
    .leftJoin('sign_in_lane as own', (join) =>
      join
        .on('own.tenant_id', '=', tenantId)
        .onRef('own.account_id', '=', 'found.id')
        .on('own.lane', '=', browser)
        .on('own.first_seen_at', 'is not', null),
    )
    .selectAll('found')
    .select(['strangers.blocked_at as strangers_blocked_at', 'own.lane', 'own.blocked_at']);
}

/** Ids come first, each once: an account is found by both ways when its login name is its address. */
function recoveryQuery(db: Kysely<Database>, tenantId: string, { canonical, digest }: Sought) {
  const ids = db.selectFrom('account').select('id').where('tenant_id', '=', tenantId);
  const byEmail = ids.where('email_digest', '=', digest).where('email_verified', 'is', true);
  return (
    db
      .selectFrom('account')
      .select(ACCOUNT_COLUMNS)
      .where('tenant_id', '=', tenantId)
      .where('id', 'in', ids.where('login_name_canonical', '=', canonical).unionAll(byEmail))
      .where('disabled_at', 'is', null)
      // The address on record may be the thief's: that account waits for the help desk.
      .where('suspended_by', 'is distinct from', 'former-address')
      .orderBy('login_name_canonical')
  );
}

/** Every way to find accounts. */
export function createAccountLookups({ database, sealer, digester }: AccountStoreParts): AccountLookups {
  const accounts = (tenantId: string) =>
    database
      .forTenant(tenantId)
      .selectFrom('account')
      .select(ACCOUNT_COLUMNS)
      .where('tenant_id', '=', tenantId);
  const soughtBy = (name: { canonical: string | undefined; email: string | undefined }): Sought => ({
    canonical: name.canonical !== undefined && isStorableText(name.canonical) ? name.canonical : NOBODY,
    digest: emailDigest(digester, name.email),
  });
  return {
    async findById(tenantId, id) {
      if (!isUuid(id)) return undefined;
      const row = await accounts(tenantId).where('id', '=', id).executeTakeFirst();
      return row && toAccount(row, sealer);
    },

    async findByLoginName(tenantId, canonical) {
      if (!isStorableText(canonical)) return undefined;
      const row = await accounts(tenantId).where('login_name_canonical', '=', canonical).executeTakeFirst();
      return row && toAccount(row, sealer);
    },

    async findForSignIn(tenantId, name, browser = NOBODY) {
      const mark = isStorableText(browser) ? browser : NOBODY;
      const db = database.forTenant(tenantId);
      const rows = await signInQuery(db, tenantId, soughtBy(name), mark).execute();
      const byName = rows.find((row) => row.found_by === 'login-name');
      const row = byName ?? (rows.length === 1 ? rows[0] : undefined);
      if (row === undefined) return undefined;
      const blockedAt = row.lane === null ? row.strangers_blocked_at : row.blocked_at;
      return {
        account: toAccount(row, sealer),
        passwordHash: row.password_hash ?? undefined,
        lane: row.lane ?? STRANGERS,
        laneBlockedAt: toOptionalMillis(blockedAt),
      };
    },

    async findForRecovery(tenantId, name, limit) {
      const db = database.forTenant(tenantId);
      const rows = await recoveryQuery(db, tenantId, soughtBy(name)).limit(limit).execute();
      return rows.map((row) => toAccount(row, sealer));
    },

    async findStanding(tenantId, id) {
      if (!isUuid(id)) return undefined;
      const row = await database
        .forTenant(tenantId)
        .selectFrom('account')
        .select([sql<boolean>`password_hash is not null`.as('has_password'), 'suspended_by'])
        .where('tenant_id', '=', tenantId)
        .where('id', '=', id)
        .executeTakeFirst();
      return row && { hasPassword: row.has_password, suspendedBy: row.suspended_by ?? undefined };
    },

    async list(tenantId, { limit, after = NOBODY }) {
      const rows = await accounts(tenantId)
        .select('login_name_canonical')
        .where('login_name_canonical', '>', after)
        .orderBy('login_name_canonical')
        .limit(limit + 1)
        .execute();
      const page = rows.slice(0, limit);
      return {
        accounts: page.map((row) => toAccount(row, sealer)),
        next: rows.length > limit ? page.at(-1)?.login_name_canonical : undefined,
      };
    },
  };
}
