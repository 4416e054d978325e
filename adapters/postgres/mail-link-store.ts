import { timingSafeEqual } from 'node:crypto';
import { type ExpressionBuilder, type Kysely, type Selectable, sql } from 'kysely';
import {
  type InvitationStatus,
  LINK_CODE_TRIES,
  type LinkPurpose,
  type MailLink,
  type MailLinkStore,
  type NewMailLink,
} from '#src/recovery/ports.ts';
import type { Sealer } from '#src/secret/ports.ts';
import type { TenantDatabase } from './connect.ts';
import { failClosedStore } from './fail-closed.ts';
import { createFormerAddresses } from './former-addresses.ts';
import { toInstant, toMillis, toOptionalMillis } from './instant.ts';
import { likeARow } from './like-a-row.ts';
import { isStorableText, isUuid, NOBODYS_ID } from './lookup-value.ts';
import { FOR_PASSWORD } from './password-links.ts';
import { person } from './person.ts';
import type { Database, MailLinkTable } from './schema.ts';
import { sealContext } from './seal-context.ts';

/** Milliseconds after its end that a link is kept; an invitation is kept for its status. */
const LINK_MEMORY = 30 * 24 * 3_600_000;

const COLUMNS = [
  ...['tenant_id', 'id', 'account_id', 'purpose', 'created_at', 'expires_at'],
  ...['opened_at', 'spent_at', 'former_email_sealed'],
] as const;

export interface MailLinkStoreParts {
  database: TenantDatabase;
  sealer: Sealer;
}

function toLink(row: Pick<Selectable<MailLinkTable>, (typeof COLUMNS)[number]>, sealer: Sealer): MailLink {
  const { tenant_id, id, former_email_sealed: sealed } = row;
  return {
    id: row.id,
    accountId: row.account_id,
    purpose: row.purpose,
    createdAt: toMillis(row.created_at),
    expiresAt: toMillis(row.expires_at),
    openedAt: toOptionalMillis(row.opened_at),
    spentAt: toOptionalMillis(row.spent_at),
    formerEmail: sealed === null ? undefined : sealer.open(sealed, sealContext.formerEmail(tenant_id, id)),
  };
}

/** Not ended, not too old, and of an account that it may still do something for. */
function works(eb: ExpressionBuilder<Database, 'mail_link'>, at: number) {
  const account = eb
    .selectFrom('account')
    .select('account.id')
    .whereRef('account.tenant_id', '=', 'mail_link.tenant_id')
    .whereRef('account.id', '=', 'mail_link.account_id')
    .where('account.disabled_at', 'is', null)
    // The mailbox that a link for a password went to may be the thief's.
    .where((inner) =>
      inner.or([
        inner('mail_link.purpose', 'not in', FOR_PASSWORD),
        inner('account.suspended_by', 'is distinct from', 'former-address'),
      ]),
    );
  return eb.and([
    eb('mail_link.ended_at', 'is', null),
    eb('mail_link.expires_at', '>', toInstant(at)),
    eb.exists(account),
  ]);
}

/** Takes a link for a browser: the first one, and that one again. */
function takeQuery(db: Kysely<Database>, tenantId: string, { by, at }: { by: string; at: number }) {
  return db
    .updateTable('mail_link')
    .set({ spent_at: sql<Date>`coalesce(spent_at, ${toInstant(at)})`, spent_by: by })
    .where('tenant_id', '=', tenantId)
    .where((eb) => works(eb, at))
    .where((eb) => eb.or([eb('spent_by', 'is', null), eb('spent_by', '=', by)]))
    .returning(COLUMNS);
}

async function endBefore(db: Kysely<Database>, tenantId: string, link: NewMailLink): Promise<void> {
  const ofAccount = { tenant_id: tenantId, account_id: link.accountId };
  await db
    .deleteFrom('mail_link')
    .where((eb) => eb.and(ofAccount))
    .where((eb) =>
      eb.or([
        eb('purpose', '<>', 'invitation').and('expires_at', '<', toInstant(link.createdAt - LINK_MEMORY)),
        // Nobody needs an address that can't be brought back any more.
        eb('purpose', '=', 'former-address').and('expires_at', '<', toInstant(link.createdAt)),
      ]),
    )
    .execute();
  if (!FOR_PASSWORD.includes(link.purpose)) return;
  await db
    .updateTable('mail_link')
    .set({ ended_at: toInstant(link.createdAt) })
    .where((eb) => eb.and(ofAccount))
    .where('purpose', '=', link.purpose)
    .where('ended_at', 'is', null)
    .execute();
}

function createIssuing({ database, sealer }: MailLinkStoreParts): Pick<MailLinkStore, 'issue' | 'endAll'> {
  const sealed = (tenantId: string, { id, formerEmail }: NewMailLink) =>
    formerEmail === undefined ? null : sealer.seal(formerEmail, sealContext.formerEmail(tenantId, id));
  return {
    async issue(tenantId, link) {
      if (!isUuid(link.accountId)) return false;
      return database
        .forTenant(tenantId)
        .transaction()
        .execute(async (transaction) => {
          // Puts the links that are made at once in line, behind a change of the password.
          const account = await person(transaction, tenantId, link.accountId)
            .select('account.id')
            .where('account.disabled_at', 'is', null)
            .forNoKeyUpdate()
            .executeTakeFirst();
          if (account === undefined) return false;
          await endBefore(transaction, tenantId, link);
          await transaction
            .insertInto('mail_link')
            .values({
              tenant_id: tenantId,
              account_id: link.accountId,
              id: link.id,
              purpose: link.purpose,
              token_hash: link.tokenHash,
              code_digest: link.codeDigest ?? null,
              former_email_sealed: sealed(tenantId, link),
              created_at: toInstant(link.createdAt),
              expires_at: toInstant(link.expiresAt),
            })
            .execute();
          return true;
        });
    },

    async endAll(tenantId, accountId, at, but) {
      if (!isUuid(accountId)) return;
      const former = 'former-address' satisfies LinkPurpose;
      await database
        .forTenant(tenantId)
        .updateTable('mail_link')
        .set({ ended_at: toInstant(at), former_email_sealed: null })
        .where('tenant_id', '=', tenantId)
        .where('account_id', '=', accountId)
        .where('ended_at', 'is', null)
        .where((eb) =>
          but === 'former-addresses'
            ? eb('purpose', '<>', former)
            : eb.or([eb('purpose', '<>', former), eb('created_at', '>=', toInstant(but.formerBefore))]),
        )
        .execute();
    },
  };
}

function isSame(one: string | null, other: string | undefined): boolean {
  if (one === null || other === undefined) return false;
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function createSpending({
  database,
  sealer,
}: MailLinkStoreParts): Pick<MailLinkStore, 'spend' | 'spendByCode'> {
  /** Counts a try on every link that one of these people could mean. */
  const countTries = (tenantId: string, accountIds: readonly string[], by: string, at: number) =>
    database
      .forTenant(tenantId)
      .updateTable('mail_link')
      .set(({ eb }) => ({ tries: eb('tries', '+', 1) }))
      .where('tenant_id', '=', tenantId)
      .where('account_id', '=', sql<string>`any(${accountIds}::uuid[])`)
      .where('purpose', 'in', FOR_PASSWORD)
      .where('code_digest', 'is not', null)
      .where('tries', '<', LINK_CODE_TRIES)
      .where((eb) => works(eb, at))
      .where((eb) => eb.or([eb('spent_by', 'is', null), eb('spent_by', '=', by)]))
      .returning(['id', 'account_id', 'code_digest', 'created_at'])
      .execute();
  return {
    async spend(tenantId, tokenHash, by, at) {
      if (!isStorableText(tokenHash) || !isStorableText(by)) return undefined;
      const row = await takeQuery(database.forTenant(tenantId), tenantId, { by, at })
        .where('token_hash', '=', tokenHash)
        .executeTakeFirst();
      return row && toLink(row, sealer);
    },

    async spendByCode(tenantId, given, by, at) {
      if (!isStorableText(by)) return undefined;
      const digests = new Map(
        given.filter(({ accountId }) => isUuid(accountId)).map((of) => [of.accountId, of.codeDigest]),
      );
      const candidates = await countTries(tenantId, [...digests.keys()], by, at);
      // No try was counted, and nothing written: the time to the disk would tell so.
      const nobody = candidates.length === 0;
      await sql`select case when ${nobody}::boolean then ${likeARow} end`.execute(
        database.forTenant(tenantId),
      );
      const [right] = candidates
        .filter((link) => isSame(link.code_digest, digests.get(link.account_id)))
        .sort((one, other) => toMillis(other.created_at) - toMillis(one.created_at));
      // For a wrong code the same statement takes nobody's link (ground rule 3).
      const row = await takeQuery(database.forTenant(tenantId), tenantId, { by, at })
        .where('id', '=', right?.id ?? NOBODYS_ID)
        .executeTakeFirst();
      return row && toLink(row, sealer);
    },
  };
}

interface InvitationRow extends Pick<Selectable<MailLinkTable>, 'opened_at' | 'ended_at'> {
  created_at: Date;
  expires_at: Date;
  password_changed_at: Date | null;
}

/** A password that was made since, by whatever link, is what the invitation was for. */
function statusOf(row: InvitationRow, at: number): InvitationStatus {
  const changedAt = toOptionalMillis(row.password_changed_at);
  if (changedAt !== undefined && changedAt >= toMillis(row.created_at)) return 'active';
  if (row.ended_at !== null || toMillis(row.expires_at) <= at) return 'expired';
  return row.opened_at === null ? 'sent' : 'opened';
}

/** Durable store of links in mails: hashes and digests, and former addresses sealed. Whatever is single-use is taken by one statement. */
export function createMailLinkStore(parts: MailLinkStoreParts): MailLinkStore {
  const { database, sealer } = parts;
  return failClosedStore<MailLinkStore>({
    ...createIssuing(parts),
    ...createSpending(parts),
    ...createFormerAddresses(parts),
    async find(tenantId, tokenHash, at) {
      if (!isStorableText(tokenHash)) return undefined;
      const row = await database
        .forTenant(tenantId)
        .selectFrom('mail_link')
        .select(COLUMNS)
        .where('tenant_id', '=', tenantId)
        .where('token_hash', '=', tokenHash)
        .where('spent_at', 'is', null)
        .where((eb) => works(eb, at))
        .executeTakeFirst();
      return row && toLink(row, sealer);
    },

    async opened(tenantId, id, at) {
      if (!isUuid(id)) return;
      await database
        .forTenant(tenantId)
        .updateTable('mail_link')
        .set({ opened_at: toInstant(at) })
        .where('tenant_id', '=', tenantId)
        .where('id', '=', id)
        .where('opened_at', 'is', null)
        .execute();
    },

    async invitation(tenantId, accountId, at) {
      if (!isUuid(accountId)) return undefined;
      const row = await person(database.forTenant(tenantId), tenantId, accountId)
        .innerJoin('mail_link', (join) =>
          join
            .onRef('mail_link.tenant_id', '=', 'account.tenant_id')
            .onRef('mail_link.account_id', '=', 'account.id')
            .on('mail_link.purpose', '=', 'invitation'),
        )
        .select(COLUMNS.map((column) => `mail_link.${column}` as const))
        .select(['mail_link.ended_at', 'account.password_changed_at'])
        .orderBy('mail_link.created_at', 'desc')
        .orderBy(sql`mail_link.ended_at is null`, 'desc')
        .limit(1)
        .executeTakeFirst();
      return row && { status: statusOf(row, at), link: toLink(row, sealer) };
    },
  });
}
