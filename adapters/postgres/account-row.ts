import type { Selectable } from 'kysely';
import type { Account } from '#src/account/account.ts';
import type { NewAccount } from '#src/account/ports.ts';
import { comparableEmail } from '#src/account/profile.ts';
import type { Digester, Sealer } from '#src/secret/ports.ts';
import type { TenantDatabase } from './connect.ts';
import { toMillis, toOptionalMillis } from './instant.ts';
import type { AccountTable } from './schema.ts';
import { sealContext } from './seal-context.ts';

export interface AccountStoreParts {
  database: TenantDatabase;
  sealer: Sealer;
  digester: Digester;
}

/** What an Account is made from. */
export const ACCOUNT_COLUMNS = [
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
  'suspended_at',
  'password_changed_at',
  'recovered_at',
  'kept_session',
  'created_at',
] as const;

type AccountRow = Pick<Selectable<AccountTable>, (typeof ACCOUNT_COLUMNS)[number]>;

type SealedColumn = 'email' | 'phone';

/**
 * Equals no canonical login name (a check constraint), no digest and no lane of a browser: a query stays the same for
 * a name half given.
 */
export const NOBODY = '';

/** Addresses are found in every spelling of theirs, shown as given. */
export function emailDigest(digester: Digester, email: string | undefined): string {
  return email === undefined ? NOBODY : digester.digest('email', comparableEmail(email));
}

/** An account as it is read; opens what is sealed. */
export function toAccount(row: AccountRow, sealer: Sealer): Account {
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
    suspendedAt: toOptionalMillis(row.suspended_at),
    passwordChangedAt: toOptionalMillis(row.password_changed_at),
    recoveredAt: toOptionalMillis(row.recovered_at),
    keptSession: row.kept_session ?? undefined,
    createdAt: toMillis(row.created_at),
  };
}

/** A new account as it is kept; seals what is sealed. */
export function toAccountRow(account: NewAccount, id: string, { sealer, digester }: AccountStoreParts) {
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
