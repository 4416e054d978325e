import { sql } from 'kysely';
import { type LaneCount, type LaneStore, STRANGERS } from '#src/lockout/ports.ts';
import type { TenantDatabase } from './connect.ts';
import { failClosedStore } from './fail-closed.ts';
import { toInstant, toOptionalMillis } from './instant.ts';
import { likeARow } from './like-a-row.ts';
import { isStorableText, isUuid, NOBODYS_ID } from './lookup-value.ts';

/** Is no browser's digest and not the strangers' lane. */
export const NO_BROWSER = '-';

/** Characters of what a browser calls itself: enough to tell its kind by. */
const LONGEST_AGENT = 300;

/** A browser that was not seen for this long is nobody's any more. */
const LANE_MEMORY = 400 * 24 * 3_600_000;

interface CountRow {
  failures: number;
  code_failures: number;
  blocked_at: Date | null;
}

function toCount(row: CountRow): LaneCount {
  return {
    failures: row.failures,
    codeFailures: row.code_failures,
    blockedAt: toOptionalMillis(row.blocked_at),
  };
}

interface Failure {
  tenantId: string;
  accountId: string;
  lane: string;
  of: 'password' | 'code';
  limit: number;
  at: Date;
}

/**
 * A lane that is no known browser's (any more) is the strangers': nobody gets a fresh count by naming another one. Nobody's
 * try writes as much as somebody's, or the time to the disk would tell them apart.
 */
function countQuery({ tenantId, accountId, lane, of, limit, at }: Failure) {
  const [failures, codeFailures] = of === 'password' ? [1, 0] : [0, 1];
  const counted = sql.id(of === 'password' ? 'failures' : 'code_failures');
  return sql<CountRow>`
    with counted as (
    insert into sign_in_lane (tenant_id, account_id, lane, failures, code_failures, blocked_at)
    select account.tenant_id, account.id, coalesce(own.lane, ${STRANGERS}), ${failures}::integer,
      ${codeFailures}::integer, case when 1 >= ${limit}::integer then ${at}::timestamptz end
    from account left join sign_in_lane as own on own.tenant_id = account.tenant_id
      and own.account_id = account.id and own.lane = ${lane} and own.first_seen_at is not null
    where account.tenant_id = ${tenantId} and account.id = ${accountId}
    on conflict (tenant_id, account_id, lane) do update set
      failures = sign_in_lane.failures + excluded.failures,
      code_failures = sign_in_lane.code_failures + excluded.code_failures,
      blocked_at = coalesce(sign_in_lane.blocked_at,
        case when sign_in_lane.${counted} + 1 >= ${limit}::integer then ${at}::timestamptz end)
    returning failures, code_failures, blocked_at
    ), nobody as (
      select ${likeARow} as written
      where not exists (select from account where account.tenant_id = ${tenantId} and account.id = ${accountId})
    )
    select failures, code_failures, blocked_at from counted
    union all select 0, 0, null from nobody where written is null`;
}

interface SettlementRow extends CountRow {
  new_browser: boolean;
  known_browsers: number;
}

interface SignIn {
  tenantId: string;
  accountId: string;
  lane: string;
  /** Equals no lane when the browser is not to be remembered. */
  browser: string;
  /** Whether it is to be remembered. */
  known: boolean;
  agent: string | null;
  at: Date;
  /** Null asks for no particular password. */
  passwordSince: Date | null;
  forgottenBefore: Date;
}

/**
 * Locks the account, then the lane used, and does the rest only while both are open and the password is the same. What counts as known before is
 * of the statement's beginning; whether the browser is new is told by the row itself (an inserted one has no xmax), so
 * that of two sign-ins at once by one browser one is new.
 */
function signInQuery(of: SignIn) {
  const { tenantId, accountId, lane, browser, known, agent, at, passwordSince, forgottenBefore } = of;
  const here = sql`tenant_id = ${tenantId} and account_id = ${accountId}`;
  return sql<SettlementRow>`
    with open as (
      select tenant_id, id from account where tenant_id = ${tenantId} and id = ${accountId}
        and disabled_at is null and suspended_at is null
        and coalesce(password_changed_at, '-infinity') <= coalesce(${passwordSince}::timestamptz, 'infinity')
      for share
    ), used as (
      select lane, failures, code_failures, blocked_at from sign_in_lane
      where ${here} and exists (select from open) and lane = coalesce((
        select lane from sign_in_lane where ${here} and lane = ${lane} and first_seen_at is not null
      ), ${STRANGERS}) for update
    ), allowed as (
      select tenant_id, id from open where not exists (select from used where blocked_at is not null)
    ), known as (
      select count(*) filter (where first_seen_at is not null and lane <> ${browser}) as others,
        count(*) filter (where first_seen_at is null and lane = ${browser}) as unseen
      from sign_in_lane where ${here}
    ), begun as (
      update sign_in_lane set failures = 0, code_failures = 0
      where ${here} and lane = (select lane from used) and lane <> ${browser} and exists (select from allowed)
    ), own as (
      insert into sign_in_lane (tenant_id, account_id, lane, first_seen_at, last_seen_at, agent)
      select tenant_id, id, ${browser}, ${at}::timestamptz, ${at}::timestamptz, ${agent} from allowed
      where ${known}::boolean
      on conflict (tenant_id, account_id, lane) do update set
        failures = case when excluded.lane = ${lane} then 0 else sign_in_lane.failures end,
        code_failures = case when excluded.lane = ${lane} then 0 else sign_in_lane.code_failures end,
        first_seen_at = coalesce(sign_in_lane.first_seen_at, excluded.first_seen_at),
        last_seen_at = excluded.last_seen_at, agent = excluded.agent
      returning xmax = 0 or exists (select from known where unseen > 0) as is_new
    ), forgotten as (
      delete from sign_in_lane where ${here} and lane not in (${STRANGERS}, ${lane}, ${browser})
        and coalesce(last_seen_at, '-infinity') < ${forgottenBefore} and exists (select from own where is_new)
    )
    select coalesce(used.failures, 0) as failures, coalesce(used.code_failures, 0) as code_failures,
      used.blocked_at, coalesce(own.is_new, true) as new_browser, known.others as known_browsers
    from allowed cross join known left join own on true left join used on true`;
}

function createCounting(database: TenantDatabase): Pick<LaneStore, 'countFailure' | 'signedIn'> {
  return {
    async countFailure(tenantId, accountId = NOBODYS_ID, { lane, of, limit, at }) {
      const failure = {
        tenantId,
        accountId: isUuid(accountId) ? accountId : NOBODYS_ID,
        lane: isStorableText(lane) ? lane : STRANGERS,
        ...{ of, limit, at: toInstant(at) },
      };
      const { rows } = await countQuery(failure).execute(database.forTenant(tenantId));
      return rows[0] && toCount(rows[0]);
    },

    async signedIn(tenantId, accountId, { lane, browser, agent, at, passwordSince: since }) {
      if (browser === STRANGERS) throw new TypeError('strangers have no lane of their own');
      if (!isUuid(accountId)) return { kind: 'blocked' };
      const forgottenBefore = toInstant(at - LANE_MEMORY);
      const passwordSince = since === undefined ? null : toInstant(since);
      const query = signInQuery({
        ...{ tenantId, accountId, lane, at: toInstant(at), passwordSince, forgottenBefore },
        browser: browser ?? NO_BROWSER,
        known: browser !== undefined,
        agent: agent === undefined || !isStorableText(agent) ? null : agent.slice(0, LONGEST_AGENT),
      });
      const row = (await query.execute(database.forTenant(tenantId))).rows[0];
      if (row === undefined) return { kind: 'blocked' };
      const { new_browser: newBrowser, known_browsers } = row;
      return { kind: 'signed-in', before: toCount(row), newBrowser, knownBrowsers: Number(known_browsers) };
    },
  };
}

/** Durable store of lanes: each change is one statement, which the lane's row puts in line. */
export function createLaneStore({ database }: { database: TenantDatabase }): LaneStore {
  return failClosedStore<LaneStore>({
    ...createCounting(database),
    async list(tenantId, accountId) {
      if (!isUuid(accountId)) return [];
      const rows = await database
        .forTenant(tenantId)
        .selectFrom('sign_in_lane')
        .select(['lane', 'failures', 'code_failures', 'blocked_at', 'first_seen_at', 'last_seen_at', 'agent'])
        .where('tenant_id', '=', tenantId)
        .where('account_id', '=', accountId)
        .orderBy(sql`lane <> ${STRANGERS}`)
        .orderBy('last_seen_at', (by) => by.desc().nullsLast())
        .orderBy('lane')
        .execute();
      return rows.map((row) => ({
        lane: row.lane,
        firstSeenAt: toOptionalMillis(row.first_seen_at),
        agent: row.agent ?? undefined,
        lastSeenAt: toOptionalMillis(row.last_seen_at),
        ...toCount(row),
      }));
    },

    async forget(tenantId, accountId, which) {
      const lane = 'lane' in which ? which.lane : (which.allBut ?? NO_BROWSER);
      if (!isUuid(accountId) || !isStorableText(lane)) return 0;
      const { numDeletedRows } = await database
        .forTenant(tenantId)
        .deleteFrom('sign_in_lane')
        .where('tenant_id', '=', tenantId)
        .where('account_id', '=', accountId)
        .where('lane', '<>', STRANGERS)
        .where('lane', 'lane' in which ? '=' : '<>', lane)
        .executeTakeFirst();
      return Number(numDeletedRows);
    },

    async unblock(tenantId, accountId) {
      if (!isUuid(accountId)) return false;
      const here = sql`tenant_id = ${tenantId} and account_id = ${accountId}`;
      const { rows } = await sql`
        with closed as (select lane from sign_in_lane where ${here} and blocked_at is not null for update),
        opened as (update sign_in_lane set failures = 0, code_failures = 0, blocked_at = null where ${here})
        select from closed`.execute(database.forTenant(tenantId));
      return rows.length > 0;
    },
  });
}
