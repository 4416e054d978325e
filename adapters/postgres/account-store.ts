import { randomUUID } from 'node:crypto';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Account } from '#src/account/account.ts';
import type { AccountStore, NewAccount } from '#src/account/ports.ts';
import { comparableEmail } from '#src/account/profile.ts';
import type { Digester, Sealer } from '#src/secret/ports.ts';
import type { TenantDatabase } from './connect.ts';
import { failClosedStore } from './fail-closed.ts';
import { toInstant, toMillis, toOptionalMillis } from './instant.ts';
import { isStorableText, isUuid } from './lookup-value.ts';
import type { AccountTable, Database } from './schema.ts';
import { sealContext } from './seal-context.ts';

export interface AccountStoreParts {
  database: TenantDatabase;
  sealer: Sealer;
  digester: Digester;
}

const COLUMNS = [
  'id',
  'tenant_id',
  'login_name',
  'given_name',
  'family_name',
  'email_sealed',
  'email_verified',
  'phone_sealed',
  'phone_verified',
  'locale',
  'roles',
  'disabled_at',
  'created_at',
] as const;

type AccountRow = Pick<Selectable<AccountTable>, (typeof COLUMNS)[number]>;

type SealedColumn = 'email' | 'phone';

/** Equals no canonical login name (a check constraint) and no digest: the query stays the same for a name half given. */
const NOBODY = '';

/** Addresses are found in every spelling of theirs, shown as given. */
export function emailDigest(digester: Digester, email: string): string {
  return digester.digest('email', comparableEmail(email));
}

function toAccount(row: AccountRow, sealer: Sealer): Account {
  const open = (sealed: string | null, column: SealedColumn) =>
    sealed === null ? undefined : sealer.open(sealed, sealContext.account(row.tenant_id, row.id, column));
  return {
    id: row.id,
    tenantId: row.tenant_id,
    loginName: row.login_name,
    givenName: row.given_name,
    familyName: row.family_name,
    email: open(row.email_sealed, 'email'),
    emailVerified: row.email_verified,
    phone: open(row.phone_sealed, 'phone'),
    phoneVerified: row.phone_verified,
    locale: row.locale,
    roles: row.roles,
    disabledAt: toOptionalMillis(row.disabled_at),
    createdAt: toMillis(row.created_at),
  };
}

function toRow(account: NewAccount, id: string, { sealer, digester }: AccountStoreParts) {
  const { tenantId, email, phone } = account;
  const seal = (value: string | undefined, column: SealedColumn) =>
    value === undefined ? null : sealer.seal(value, sealContext.account(tenantId, id, column));
  return {
    id,
    tenant_id: tenantId,
    login_name: account.loginName,
    login_name_canonical: account.loginNameCanonical,
    password_hash: account.passwordHash ?? null,
    given_name: account.givenName,
    family_name: account.familyName,
    email_sealed: seal(email, 'email'),
    email_digest: email === undefined ? null : emailDigest(digester, email),
    email_verified: account.emailVerified,
    phone_sealed: seal(phone, 'phone'),
    phone_digest: phone === undefined ? null : digester.digest('phone', phone),
    phone_verified: account.phoneVerified,
    locale: account.locale,
    roles: [...account.roles],
  };
}

/** Both ways to an account in one query that is the same text for every name (rule 3: nothing leaks who exists). */
function signInQuery(db: Kysely<Database>, tenantId: string, canonical: string, digest: string) {
  const accounts = db
    .selectFrom('account')
    .select([...COLUMNS, 'password_hash'])
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

type Lookups = Pick<AccountStore, 'findById' | 'findByLoginName' | 'findForSignIn' | 'list'>;

function createLookups({ database, sealer, digester }: AccountStoreParts): Lookups {
  const accounts = (tenantId: string) =>
    database.forTenant(tenantId).selectFrom('account').select(COLUMNS).where('tenant_id', '=', tenantId);
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

    async findForSignIn(tenantId, { canonical = NOBODY, email }) {
      const digest = email === undefined ? NOBODY : emailDigest(digester, email);
      const name = isStorableText(canonical) ? canonical : NOBODY;
      const rows = await signInQuery(database.forTenant(tenantId), tenantId, name, digest).execute();
      const byName = rows.find((row) => row.found_by === 'login-name');
      const row = byName ?? (rows.length === 1 ? rows[0] : undefined);
      return row && { account: toAccount(row, sealer), passwordHash: row.password_hash ?? undefined };
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

function createChanges(parts: AccountStoreParts): Omit<AccountStore, keyof Lookups> {
  const { database, sealer } = parts;
  return {
    async create(account) {
      const row = await database
        .forTenant(account.tenantId)
        .insertInto('account')
        .values(toRow(account, randomUUID(), parts))
        .onConflict((conflict) => conflict.columns(['tenant_id', 'login_name_canonical']).doNothing())
        .returning(COLUMNS)
        .executeTakeFirst();
      if (row === undefined) return { kind: 'login-name-taken' };
      return { kind: 'created', account: toAccount(row, sealer) };
    },

    async setDisabled(tenantId, id, disabledAt) {
      if (!isUuid(id)) return false;
      const { numUpdatedRows } = await database
        .forTenant(tenantId)
        .updateTable('account')
        .set({ disabled_at: disabledAt === undefined ? null : toInstant(disabledAt) })
        .where('tenant_id', '=', tenantId)
        .where('id', '=', id)
        .where('disabled_at', disabledAt === undefined ? 'is not' : 'is', null)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },

    async replacePasswordHash(tenantId, id, previous, next) {
      if (!isUuid(id)) return false;
      const { numUpdatedRows } = await database
        .forTenant(tenantId)
        .updateTable('account')
        .set({ password_hash: next })
        .where('tenant_id', '=', tenantId)
        .where('id', '=', id)
        .where('password_hash', '=', previous)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
  };
}

/** Durable store of accounts. E-mail address and phone number are sealed, each bound to its row. */
export function createAccountStore(parts: AccountStoreParts): AccountStore {
  return failClosedStore<AccountStore>({ ...createLookups(parts), ...createChanges(parts) });
}
