import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { openPostgresAsOwner } from '#adapters/postgres/connect.ts';
import { migrate } from '#adapters/postgres/migrate.ts';

/** Addresses of a database that is ready for the product. */
export interface BenchDatabase {
  /** For the application's role: DATABASE_URL in production. */
  url: string;
  /** For the owner, who fills it and asks about its size. */
  ownerUrl: string;
}

const OWNER = 'bench_owner';
const APPLICATION = 'bench_application';
const NAME = 'poortwachter';

/** Rows written in one statement. */
const BATCH = 20_000;

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Milliseconds for a server that listens already to take sessions, and between two looks. */
const START_LIMIT = 20_000;
const LOOK_AGAIN = 50;
/** cannot_connect_now: what it answers until then. */
const STARTING = '57P03';

async function untilTakesSessions(serverUrl: string): Promise<void> {
  const deadline = performance.now() + START_LIMIT;
  for (;;) {
    try {
      return await withClient(serverUrl, async () => {});
    } catch (failure) {
      const starting = failure instanceof pg.DatabaseError && failure.code === STARTING;
      if (!starting || performance.now() > deadline) throw failure;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
  }
}

function urlOf(serverUrl: string, role: string, password: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${NAME}`;
  url.username = role;
  url.password = password;
  return url.href;
}

/** Makes a migrated database with its two roles, as an operator would (docs/database.md). */
export async function createDatabase(serverUrl: string): Promise<BenchDatabase> {
  const [owner, application] = [randomBytes(18).toString('hex'), randomBytes(18).toString('hex')];
  await untilTakesSessions(serverUrl);
  await withClient(serverUrl, async (admin) => {
    await admin.query(`create role ${OWNER} login password '${owner}'`);
    await admin.query(`create role ${APPLICATION} login password '${application}'`);
    await admin.query(`create database ${NAME} owner ${OWNER}`);
  });
  const ownerUrl = urlOf(serverUrl, OWNER, owner);
  await using database = openPostgresAsOwner({ url: ownerUrl });
  await migrate(database.db, { applicationRole: APPLICATION });
  return { url: urlOf(serverUrl, APPLICATION, application), ownerUrl };
}

/**
 * Another one with the same roles, with a tenant: what serving processes would deal with themselves must be where none
 * looks.
 */
export async function createSecondDatabase(
  serverUrl: string,
  { url, ownerUrl }: BenchDatabase,
  purpose: 'queue' | 'audit',
): Promise<{ url: string; tenantId: string }> {
  const name = `${NAME}_${purpose}`;
  const at = (address: string) => Object.assign(new URL(address), { pathname: `/${name}` }).href;
  await withClient(serverUrl, (admin) => admin.query(`create database ${name} owner ${OWNER}`));
  await using database = openPostgresAsOwner({ url: at(ownerUrl) });
  await migrate(database.db, { applicationRole: APPLICATION });
  await withClient(at(ownerUrl), (owner) =>
    owner.query(
      `insert into tenant (id, key, issuer) values (gen_random_uuid(), 'bench', 'https://queue.example')`,
    ),
  );
  return { url: at(url), tenantId: await tenantIdIn(at(ownerUrl)) };
}

/** The one tenant's id. */
export async function tenantIdIn(ownerUrl: string): Promise<string> {
  const { rows } = await withClient(ownerUrl, (owner) =>
    owner.query<{ id: string }>('select id::text as id from tenant'),
  );
  const [row] = rows;
  if (row === undefined) throw new Error('the server made no tenant');
  return row.id;
}

/*
 * Other people: rows of the same width and spread as real ones. Nobody signs in to them, so what is sealed in them
 * is only as long as a seal, and all of them share one password hash.
 */
const FILL_ACCOUNTS = `
  with made as (
    insert into account (tenant_id, id, login_name, login_name_canonical, password_hash, given_name, family_name,
      email_sealed, email_digest, email_verified, phone_verified, locale, roles, enrolled_at)
    select $1::uuid, gen_random_uuid(), 'person.' || n, 'person.' || n, $4, 'Person', 'Number ' || n,
      'v1.00000000.' || left(md5(n::text), 16) || '.' || repeat(md5(n::text), 2),
      left(encode(sha256(n::text::bytea), 'base64'), 43), true, false, 'nl', '{employee}', now()
    from generate_series($2::int, $3::int) as n
    returning tenant_id, id
  ), apps as (
    insert into factor (tenant_id, id, account_id, kind, label, data_sealed, last_counter, created_at)
    select tenant_id, gen_random_uuid(), id, 'totp', 'totp',
      'v1.00000000.' || left(md5(id::text), 16) || '.' || repeat(md5(id::text), 3), 1, now()
    from made
  )
  insert into enrolment (tenant_id, account_id, asked_at, finished_at) select tenant_id, id, now(), now() from made`;

export interface Filling {
  ownerUrl: string;
  tenantId: string;
  /** People to add. */
  count: number;
  passwordHash: string;
  signal: AbortSignal;
  onProgress(done: number): Promise<void>;
}

/** Adds people who never sign in, each with an app and a first sign-in that is done, in batches. */
export async function fillAccounts(filling: Filling): Promise<void> {
  const { ownerUrl, tenantId, count, passwordHash, signal, onProgress } = filling;
  await withClient(ownerUrl, async (owner) => {
    await owner.query('set synchronous_commit = off');
    for (let from = 1; from <= count; from += BATCH) {
      signal.throwIfAborted();
      const to = Math.min(count, from + BATCH - 1);
      await owner.query(FILL_ACCOUNTS, [tenantId, from, to, passwordHash]);
      await onProgress(to);
    }
    await owner.query('vacuum (analyze) account, factor, enrolment');
  });
}

/** Size and use of one index. */
export interface IndexUse {
  table: string;
  index: string;
  megabytes: number;
  scans: number;
}

/** What the tables of people take, and which indexes led to them. */
export interface DatabaseUse {
  megabytes: number;
  /** Reads of a whole table of people; each one is a fault. */
  wholeTableReads: number;
  indexes: IndexUse[];
}

const INDEXES = `
  select relname as "table", indexrelname as "index", pg_relation_size(indexrelid) / 1048576.0 as megabytes,
    idx_scan::float8 as scans
  from pg_stat_user_indexes where relname in ('account', 'factor', 'enrolment') order by relname, indexrelname`;

/** Forgets what was read so far, so that `databaseUse` tells about what comes. */
export async function forgetUse(serverUrl: string): Promise<void> {
  const url = new URL(serverUrl);
  url.pathname = `/${NAME}`;
  await withClient(url.href, (admin) => admin.query('select pg_stat_reset()'));
}

/** Sizes, and reads since `forgetUse`. */
export async function databaseUse(ownerUrl: string): Promise<DatabaseUse> {
  return withClient(ownerUrl, async (owner) => {
    const size = await owner.query<{ megabytes: number; reads: number }>(
      `select (pg_database_size(current_database()) / 1048576.0)::float8 as megabytes,
        (select sum(seq_scan)::float8 from pg_stat_user_tables
          where relname in ('account', 'factor', 'enrolment')) as reads`,
    );
    const { rows } = await owner.query<IndexUse>(INDEXES);
    const [whole] = size.rows;
    return {
      megabytes: whole?.megabytes ?? Number.NaN,
      wholeTableReads: whole?.reads ?? Number.NaN,
      indexes: rows.map((row) => ({ ...row, megabytes: Number(row.megabytes) })),
    };
  });
}

/** Version of the server, as it tells it. */
export async function postgresVersion(serverUrl: string): Promise<string> {
  const { rows } = await withClient(serverUrl, (admin) =>
    admin.query<{ version: string }>(
      "select split_part(current_setting('server_version'), ' ', 1) as version",
    ),
  );
  return rows[0]?.version ?? 'unknown';
}
