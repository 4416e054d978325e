import { type ExpressionBuilder, type Kysely, sql } from 'kysely';
import type { Account, Suspender } from '#src/account/account.ts';
import type { AccountStore } from '#src/account/ports.ts';
import { STRANGERS } from '#src/lockout/ports.ts';
import { type AccountStoreParts, emailDigest } from './account-row.ts';
import { toInstant } from './instant.ts';
import { NO_BROWSER } from './lane-store.ts';
import { isStorableText, isUuid } from './lookup-value.ts';
import type { Database } from './schema.ts';

interface Change {
  tenantId: string;
  accountId: string;
  hash: string;
  at: Date;
  /** Digest of the address that is proved; equals none when none is. */
  email: string;
  /** How the caller saw the account; undefined takes it as it is. */
  seen: Pick<Account, 'passwordChangedAt' | 'suspendedAt'> | undefined;
  /** Digest of the address that the account must still have; undefined asks for none. */
  byAddress: string | undefined;
  recovered: boolean;
  /** Lane of a browser that stays known; equals none when none does. */
  keepBrowser: string;
  keepSession: string | null;
}

const instantOf = (at: number | undefined) => (at === undefined ? null : toInstant(at));

/** Of two changes begun from the same state the second one finds nobody. */
function asSeen(eb: ExpressionBuilder<Database, 'account'>, seen: Change['seen']) {
  if (seen === undefined) return eb.and([]);
  return eb.and([
    eb('password_changed_at', 'is not distinct from', instantOf(seen.passwordChangedAt)),
    eb('suspended_at', 'is not distinct from', instantOf(seen.suspendedAt)),
  ]);
}

/** The strangers' lane is nobody's to keep. */
function laneToKeep(browser: string | undefined): string {
  return browser === undefined || browser === STRANGERS || !isStorableText(browser) ? NO_BROWSER : browser;
}

/** The account comes first: its lock keeps off whoever makes a link, or ends a sign-in, at the same moment. */
async function setPassword(db: Kysely<Database>, change: Change): Promise<boolean> {
  const byPerson: Suspender = 'person';
  const { numUpdatedRows } = await db
    .updateTable('account')
    .set({
      password_hash: change.hash,
      password_changed_at: change.at,
      kept_session: change.keepSession,
      ...(change.recovered && { recovered_at: change.at }),
      // Null when nobody suspended it, and equal to nothing.
      suspended_at: sql<Date | null>`case when suspended_by = ${byPerson} then null else suspended_at end`,
      suspended_by: sql<Suspender | null>`nullif(suspended_by, ${byPerson})`,
      email_verified: sql<boolean>`email_verified or coalesce(email_digest = ${change.email}, false)`,
    })
    .where('tenant_id', '=', change.tenantId)
    .where('id', '=', change.accountId)
    .where('disabled_at', 'is', null)
    .where((eb) => asSeen(eb, change.seen))
    .where((eb) => (change.byAddress === undefined ? eb.and([]) : eb('email_digest', '=', change.byAddress)))
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** The one browser that stays known counts anew: who uses it knew the old password. */
async function forgetCounts(
  db: Kysely<Database>,
  { tenantId, accountId, keepBrowser }: Change,
): Promise<void> {
  await db
    .updateTable('sign_in_lane')
    .set({ failures: 0, code_failures: 0, blocked_at: null })
    .where('tenant_id', '=', tenantId)
    .where('account_id', '=', accountId)
    .where('lane', '=', keepBrowser)
    .execute();
}

/** Whoever was known by the old password is nobody's browser, and no mail of before helps anybody. */
async function forgetWhatWas(db: Kysely<Database>, change: Change): Promise<void> {
  const { tenantId, accountId, at, keepBrowser } = change;
  await db
    .deleteFrom('sign_in_lane')
    .where('tenant_id', '=', tenantId)
    .where('account_id', '=', accountId)
    .where('lane', '<>', keepBrowser)
    .execute();
  if (keepBrowser !== NO_BROWSER) await forgetCounts(db, change);
  await db
    .updateTable('mail_link')
    .set({ ended_at: at })
    .where('tenant_id', '=', tenantId)
    .where('account_id', '=', accountId)
    // Whoever took the account over makes a password too: a former address keeps its way back (src/recovery/way-back.ts).
    .where('purpose', '<>', 'former-address')
    .where('ended_at', 'is', null)
    .execute();
}

/** A new password, and all that ends with the old one. */
export function createPasswordChange({
  database,
  digester,
}: AccountStoreParts): Pick<AccountStore, 'changePassword'> {
  return {
    async changePassword(tenantId, id, { hash, at, provesEmail, seen, recovered = false, ...keep }) {
      if (!isUuid(id)) return false;
      const email = emailDigest(digester, provesEmail);
      const { byAddress: address, keepBrowser, keepSession = null } = keep;
      const change = {
        byAddress: address === undefined ? undefined : emailDigest(digester, address),
        ...{ tenantId, accountId: id, hash, at: toInstant(at), email, seen, recovered, keepSession },
        keepBrowser: laneToKeep(keepBrowser),
      };
      return database
        .forTenant(tenantId)
        .transaction()
        .execute(async (transaction) => {
          if (!(await setPassword(transaction, change))) return false;
          await forgetWhatWas(transaction, change);
          return true;
        });
    },
  };
}
