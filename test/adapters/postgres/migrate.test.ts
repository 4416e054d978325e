import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { openPostgresAsOwner } from '#adapters/postgres/connect.ts';
import { checkSchema, type MigrationProgress, migrate } from '#adapters/postgres/migrate.ts';
import { migrations } from '#adapters/postgres/migrations/index.ts';
import { AppError } from '#src/errors.ts';
import { createEmptyTestDatabase, createTestDatabase } from '../../support/postgres.ts';

const COUNT = Object.keys(migrations).length;

const later: Migration = {
  async up(db) {
    await db.schema.createTable('later').addColumn('id', 'integer').execute();
  },
};

const broken: Migration = {
  async up(db) {
    await db.schema.createTable('half').addColumn('id', 'integer').execute();
    await sql`select nothing from nowhere`.execute(db);
  },
};

function appError(code: AppError['code'], words: RegExp) {
  return (error: unknown) => error instanceof AppError && error.code === code && words.test(error.message);
}

describe('migrating', () => {
  test('an empty database is brought up to date once, telling each step', async (t) => {
    const { owner } = await createEmptyTestDatabase(t);
    const seen: MigrationProgress[] = [];
    const first = await migrate(owner.db, { onProgress: (step) => seen.push(step) });
    assert.deepEqual([first.applied, first.already], [COUNT, 0]);
    assert.deepEqual(
      seen.map(({ state, name, position, total }) => [state, name, position, total]),
      Object.keys(migrations).flatMap((name, at) => [
        ['started', name, at + 1, COUNT],
        ['done', name, at + 1, COUNT],
      ]),
    );
    const again = await migrate(owner.db, { onProgress: () => assert.fail('nothing is left to do') });
    assert.deepEqual([again.applied, again.already], [0, COUNT]);
    await checkSchema(owner.db);
  });

  test('two operators who migrate at once apply everything once', async (t) => {
    const { owner, migrationUrl } = await createEmptyTestDatabase(t);
    await using second = openPostgresAsOwner({ url: migrationUrl });
    const both = await Promise.all([migrate(owner.db), migrate(second.db)]);
    assert.equal(both[0].applied + both[1].applied, COUNT);
    await checkSchema(second.db);
  });

  test('a migration that fails leaves nothing behind and keeps those before it', async (t) => {
    const { db } = (await createTestDatabase(t)).owner;
    const three = { ...migrations, '9998-later': later, '9999-broken': broken };
    await assert.rejects(migrate(db, { migrations: three }), appError('internal', /9999-broken failed/));
    const { rows } = await sql`select to_regclass('later') as later, to_regclass('half') as half`.execute(db);
    assert.deepEqual(rows, [{ later: 'later', half: null }]);
    await assert.rejects(checkSchema(db, three), appError('schema-behind', /by 1 migration;/));
  });

  test('the names of migrations begin with their number, each once', () => {
    const names = Object.keys(migrations);
    assert.deepEqual(
      names.map((name) => /^(\d{4})-[a-z0-9-]+$/.exec(name)?.[1]),
      names.map((_, at) => String(at + 1).padStart(4, '0')),
    );
  });
});

describe('serving on another schema', () => {
  test('a schema that is behind is refused, saying by how much and what to run', async (t) => {
    const { owner, application } = await createEmptyTestDatabase(t);
    const behind = appError(
      'schema-behind',
      new RegExp(`behind .* by ${COUNT} migrations?; run: npx poortwachter migrate`),
    );
    await assert.rejects(checkSchema(owner.db), behind);
    await assert.rejects(checkSchema(application.db), behind);
  });

  test('a schema that is ahead is refused, and is not migrated either', async (t) => {
    const { db } = (await createTestDatabase(t)).owner;
    await migrate(db, { migrations: { ...migrations, '9999-later': later } });
    const ahead = appError('schema-ahead', /ahead of this version by 1 migration; deploy the newer version/);
    await assert.rejects(checkSchema(db), ahead);
    await assert.rejects(migrate(db), ahead);
  });

  test('the application role may see that the schema fits', async (t) => {
    const { application } = await createTestDatabase(t);
    await checkSchema(application.db);
  });
});
