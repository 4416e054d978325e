import { sql } from 'kysely';
import { AppError } from '#src/errors.ts';
import type { Channel } from '#src/message/ports.ts';
import type { ClaimedItem, QueueItem, QueueStore } from '#src/message/queue-ports.ts';
import type { Sealer } from '#src/secret/ports.ts';
import type { TenantDatabase } from './connect.ts';
import { failClosedStore } from './fail-closed.ts';
import { toInstant, toMillis, toOptionalMillis } from './instant.ts';
import { isUuid } from './lookup-value.ts';
import { sealContext } from './seal-context.ts';

/** What `claim_messages` gives of an item. */
interface ClaimedRow {
  id: string;
  tenant_id: string;
  account_id: string | null;
  kind: string;
  channel: Channel | null;
  ending: string | null;
  payload_sealed: string | null;
  attempts: number;
  created_at: Date;
  expires_at: Date;
}

interface DepthRow {
  kind: string;
  waiting: number | string;
  dead: number | string;
  oldest: Date | null;
}

/** One item that no key opens must not keep the others of its batch from being dealt with. */
function payloadIn(row: ClaimedRow, sealer: Sealer): { payload: string; unreadable: boolean } {
  try {
    const context = sealContext.message(row.tenant_id, row.id);
    return { payload: sealer.open(row.payload_sealed ?? '', context), unreadable: false };
  } catch (failure) {
    if (!(failure instanceof AppError) || failure.code !== 'seal-broken') throw failure;
    return { payload: '', unreadable: true };
  }
}

function toClaimed(row: ClaimedRow, sealer: Sealer): ClaimedItem {
  return {
    ...payloadIn(row, sealer),
    id: row.id,
    tenantId: row.tenant_id,
    accountId: row.account_id ?? undefined,
    kind: row.kind,
    channel: row.channel ?? undefined,
    ending: row.ending ?? undefined,
    attempts: row.attempts,
    createdAt: toMillis(row.created_at),
    expiresAt: toMillis(row.expires_at),
  };
}

/** One statement, the same for however many. */
function insertOf(items: readonly QueueItem[], sealer: Sealer) {
  const column = <T>(of: (item: QueueItem) => T): T[] => items.map(of);
  const moment = (at: number) => toInstant(at).toISOString();
  const sealed = ({ tenantId, id, payload }: QueueItem) =>
    sealer.seal(payload, sealContext.message(tenantId, id));
  return sql`insert into message (id, tenant_id, account_id, kind, channel, ending, payload_sealed, next_at,
    created_at, expires_at) select id, tenant_id, account_id, kind, channel, ending, payload_sealed, created_at,
    created_at, expires_at from unnest(${column(({ id }) => id)}::uuid[],
    ${column(({ tenantId }) => tenantId)}::uuid[], ${column(({ accountId }) => accountId ?? null)}::uuid[],
    ${column(({ kind }) => kind)}::text[], ${column(({ channel }) => channel ?? null)}::text[],
    ${column(({ ending }) => ending ?? null)}::text[], ${column(sealed)}::text[],
    ${column(({ createdAt }) => moment(createdAt))}::timestamptz[],
    ${column(({ expiresAt }) => moment(expiresAt))}::timestamptz[])
    as given (id, tenant_id, account_id, kind, channel, ending, payload_sealed, created_at, expires_at)
    on conflict (id) do nothing`;
}

function createTaking({ database, sealer }: QueueStoreParts): Pick<QueueStore, 'put' | 'claim' | 'depth'> {
  return {
    async put(items) {
      const byTenant = Map.groupBy(items, ({ tenantId }) => tenantId);
      for (const [tenantId, ofTenant] of byTenant) {
        await insertOf(ofTenant, sealer).execute(database.forTenant(tenantId));
      }
    },

    async claim({ at, leaseUntil, most }) {
      const { rows } = await sql<ClaimedRow>`select id, tenant_id, account_id, kind, channel, ending,
        payload_sealed, attempts, created_at, expires_at
        from claim_messages(${toInstant(at)}, ${toInstant(leaseUntil)}, ${most})`.execute(database.db);
      return rows.map((row) => toClaimed(row, sealer)).sort((one, other) => one.createdAt - other.createdAt);
    },

    async depth() {
      const { rows } = await sql<DepthRow>`
        select kind, waiting, dead, oldest from message_depths()`.execute(database.db);
      return rows.map(({ kind, waiting, dead, oldest }) => ({
        ...{ kind, waiting: Number(waiting), dead: Number(dead) },
        oldestAt: toOptionalMillis(oldest),
      }));
    },
  };
}

function createEnding({ database }: QueueStoreParts): Pick<QueueStore, 'done' | 'retry' | 'dead'> {
  const waiting = ({ tenantId, id }: ClaimedItem) =>
    database
      .forTenant(tenantId)
      .updateTable('message')
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .where('state', '=', 'waiting');
  return {
    // Also by whoever came too late: it is done, whoever holds it now.
    async done(item, { at, supplier = null, delivery = null }) {
      await waiting(item)
        .set({
          state: 'done',
          payload_sealed: null,
          ended_at: toInstant(at),
          supplier,
          delivery,
          fault: null,
        })
        .execute();
    },

    async retry(item, { nextAt, fault }) {
      await waiting(item)
        .where('attempts', '=', item.attempts)
        .set({ next_at: toInstant(nextAt), fault })
        .execute();
    },

    async dead(item, { at, fault }) {
      await waiting(item)
        .where('attempts', '=', item.attempts)
        .set({ state: 'dead', payload_sealed: null, ended_at: toInstant(at), fault })
        .execute();
    },
  };
}

function createNews({ database }: QueueStoreParts): Pick<QueueStore, 'ofAccount' | 'report'> {
  return {
    async ofAccount(tenantId, accountId, limit) {
      if (!isUuid(accountId)) return [];
      const rows = await database
        .forTenant(tenantId)
        .selectFrom('message')
        .select(['id', 'kind', 'channel', 'ending', 'state', 'attempts', 'created_at', 'ended_at'])
        .select(['supplier', 'delivery_state', 'fault'])
        .where('tenant_id', '=', tenantId)
        .where('account_id', '=', accountId)
        .orderBy('created_at', 'desc')
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map((row) => ({
        id: row.id,
        kind: row.kind,
        channel: row.channel ?? undefined,
        ending: row.ending ?? undefined,
        state: row.state,
        attempts: row.attempts,
        createdAt: toMillis(row.created_at),
        endedAt: toOptionalMillis(row.ended_at),
        supplier: row.supplier ?? undefined,
        deliveryState: row.delivery_state ?? undefined,
        fault: row.fault ?? undefined,
      }));
    },

    async report(tenantId, delivery, state) {
      const row = await database
        .forTenant(tenantId)
        .updateTable('message')
        // An end stays an end: reports overtake each other.
        .set(({ eb, ref }) => ({
          delivery_state:
            state === 'accepted' ? eb.fn.coalesce(ref('delivery_state'), eb.val(state)) : eb.val(state),
        }))
        .where('tenant_id', '=', tenantId)
        .where('delivery', '=', delivery)
        .returning('account_id')
        .executeTakeFirst();
      return row && { accountId: row.account_id ?? undefined };
    },
  };
}

export interface QueueStoreParts {
  database: TenantDatabase;
  sealer: Sealer;
}

/**
 * The queue in Postgres. What is put in belongs to its tenant; taking it out goes over all tenants, through the one
 * door that is made for it. What an item says is sealed while it waits, and wiped when it is over.
 */
export function createQueueStore(parts: QueueStoreParts): QueueStore {
  return failClosedStore<QueueStore>({
    ...createTaking(parts),
    ...createEnding(parts),
    ...createNews(parts),
  });
}
