import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AppError } from '#src/errors.ts';
import { createLog } from '#src/log.ts';
import { BOUNDS, createTenantDirectory } from '#src/tenant/directory.ts';
import type { StoredTenant } from '#src/tenant/ports.ts';
import { createTestClock } from '../../support/clock.ts';
import { tenantSettings } from '../../support/tenants.ts';

const CONFIGURED = {
  id: '00000000-0000-4000-8000-000000000000',
  key: 'default',
  issuer: 'https://login.example',
  settings: tenantSettings('default'),
};

function stored(key: string, source?: StoredTenant['source']): StoredTenant {
  const settings = tenantSettings(key);
  return {
    id: `id-${key}`,
    key,
    issuer: `https://${key}.example`,
    source: source ?? { from: 'row', settings },
  };
}

const away = () => new AppError('store-unavailable', 503, 'the database does not answer');

/** A directory over a database of rows by host that can go away, stall and count what it is asked. */
function openDirectory(rows: Record<string, StoredTenant> = {}) {
  const database: { rows: Record<string, StoredTenant>; asked: string[]; failure: Error | undefined } = {
    rows,
    asked: [],
    failure: undefined,
  };
  const stalled: { promise: Promise<void> | undefined } = { promise: undefined };
  const state = { revision: 1 };
  const lines: string[] = [];
  const clock = createTestClock();
  const directory = createTenantDirectory({
    configured: CONFIGURED,
    tenants: {
      async byHost(host) {
        database.asked.push(host);
        await stalled.promise;
        if (database.failure !== undefined) throw database.failure;
        return database.rows[host];
      },
    },
    revisions: { of: (name) => (name === 'tenants' ? state.revision : 0) },
    clock,
    log: createLog({ level: 'info', format: 'json' }, { write: (line) => lines.push(line) }),
  });
  const nameAt = async (host: string) => (await directory.byHost(host))?.settings.name;
  return { database, stalled, state, lines, clock, directory, nameAt };
}

const refused = (code: string) => (error: unknown) => error instanceof AppError && error.code === code;

describe('the tenant directory', () => {
  test('the configured tenant is answered without the database', async () => {
    const { directory, database } = openDirectory();
    database.failure = away();
    assert.equal(await directory.byHost('login.example'), CONFIGURED);
    assert.deepEqual(database.asked, []);
  });

  test('another tenant, and a host that is nobody’s, are asked for once', async () => {
    const { directory, database } = openDirectory({ 'noord.example': stored('noord') });
    for (let time = 0; time < 3; time += 1) {
      const { id, key, issuer, settings } = (await directory.byHost('noord.example')) ?? CONFIGURED;
      assert.deepEqual([id, key, issuer], ['id-noord', 'noord', 'https://noord.example']);
      assert.deepEqual(settings, tenantSettings('noord'));
      assert.equal(await directory.byHost('evil.example'), undefined);
    }
    assert.deepEqual(database.asked, ['noord.example', 'evil.example']);
  });

  test('look-ups of one host at one time share one query', async () => {
    const { directory, database, stalled } = openDirectory({ 'noord.example': stored('noord') });
    const gate = Promise.withResolvers<void>();
    stalled.promise = gate.promise;
    const asked = Array.from({ length: 50 }, () => directory.byHost('noord.example'));
    gate.resolve();
    for (const tenant of await Promise.all(asked)) assert.equal(tenant?.key, 'noord');
    assert.equal(database.asked.length, 1);
  });

  test('when tenants changed, each is read anew: changed settings, and a host that has become somebody’s', async () => {
    const { nameAt, database, state } = openDirectory({ 'noord.example': stored('noord') });
    await nameAt('noord.example');
    assert.equal(await nameAt('zuid.example'), undefined);
    const settings = tenantSettings('noord', { name: 'Anders' });
    database.rows = {
      'noord.example': stored('noord', { from: 'row', settings }),
      'zuid.example': stored('zuid'),
    };
    assert.equal(await nameAt('noord.example'), 'Organisatie noord', 'not before the revision says so');
    assert.equal(await nameAt('zuid.example'), undefined);
    state.revision += 1;
    assert.equal(await nameAt('noord.example'), 'Anders');
    assert.equal(await nameAt('zuid.example'), 'Organisatie zuid');
    assert.equal(database.asked.length, 4);
  });

  test('a tenant that is read anew and has not changed stays the same, and so does what is made for it', async () => {
    const { directory, database, state } = openDirectory({ 'noord.example': stored('noord') });
    const before = await directory.byHost('noord.example');
    database.rows = { 'noord.example': stored('noord') };
    state.revision += 1;
    assert.equal(await directory.byHost('noord.example'), before);
    assert.equal(database.asked.length, 2);
  });

  test('what changed while it was being read is read once more', async () => {
    const { nameAt, database, state, stalled } = openDirectory({ 'noord.example': stored('noord') });
    const gate = Promise.withResolvers<void>();
    stalled.promise = gate.promise;
    const asked = nameAt('noord.example');
    state.revision += 1;
    gate.resolve();
    await asked;
    await nameAt('noord.example');
    assert.equal(database.asked.length, 2);
  });

  test('while the database is away tenants in memory are found, and nobody else is', async () => {
    const { nameAt, database, state, clock, lines } = openDirectory({ 'noord.example': stored('noord') });
    await nameAt('noord.example');
    database.failure = away();
    await assert.rejects(nameAt('zuid.example'), refused('store-unavailable'));
    assert.equal(await nameAt('noord.example'), 'Organisatie noord');
    state.revision += 1;
    for (let request = 0; request < 10; request += 1) {
      assert.equal(await nameAt('noord.example'), 'Organisatie noord');
    }
    assert.equal(
      database.asked.filter((host) => host === 'noord.example').length,
      2,
      'not asked at every request',
    );
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? '', /"tenant":"noord"/);
    database.failure = undefined;
    database.rows['noord.example'] = stored('noord', {
      from: 'row',
      settings: tenantSettings('noord', { name: 'Anders' }),
    });
    clock.advance(1_000);
    assert.equal(await nameAt('noord.example'), 'Anders');
    assert.equal(await nameAt('zuid.example'), undefined, 'a failure is not remembered as an answer');
  });

  test('a tenant whose settings do not fit is out of order by itself, and names its key and its fields', async () => {
    const unfit = stored('noord', {
      from: 'unfit',
      faults: ['name is required', 'theme.accent must be a colour'],
    });
    const { nameAt, database, state } = openDirectory({
      'noord.example': unfit,
      'zuid.example': stored('zuid'),
    });
    for (let request = 0; request < 3; request += 1) {
      await assert.rejects(nameAt('noord.example'), (error) => {
        assert.ok(error instanceof AppError);
        assert.deepEqual([error.code, error.status], ['tenant-unfit', 503]);
        assert.match(error.message, /tenant noord .*name is required; theme\.accent must be a colour/);
        return true;
      });
      assert.equal(await nameAt('zuid.example'), 'Organisatie zuid');
    }
    assert.equal(database.asked.length, 2);
    database.rows['noord.example'] = stored('noord');
    state.revision += 1;
    assert.equal(await nameAt('noord.example'), 'Organisatie noord');
  });

  test('a row whose settings were a configuration’s that no longer names it is nobody’s', async () => {
    const left = stored('oud', { from: 'configuration' });
    assert.equal(await openDirectory({ 'oud.example': left }).nameAt('oud.example'), undefined);
  });

  test('a host too long to be one is nobody’s without a query', async () => {
    const { nameAt, database } = openDirectory();
    assert.equal(await nameAt('x'.repeat(261)), undefined);
    assert.deepEqual(database.asked, []);
  });

  test('memory is bounded: strangers never push out tenants, and the tenant unused longest leaves', async () => {
    const { directory, database } = openDirectory();
    const { most } = BOUNDS.tenants;
    const hosts = Array.from({ length: most + 1 }, (_, index) => `t${index}.example`);
    for (const [index, host] of hosts.entries()) database.rows[host] = stored(`t${index}`);
    const settle = async (host: string) => {
      const before = database.asked.length;
      await directory.byHost(host);
      return database.asked.length - before;
    };
    for (const host of hosts.slice(0, most)) await settle(host);
    for (let index = 0; index < BOUNDS.strangers.most * 2; index += 1) await settle(`evil-${index}.example`);
    assert.equal(await settle('evil-0.example'), 1, 'strangers push out strangers');
    assert.equal(await settle('t0.example'), 0);
    assert.equal(await settle(hosts[most] ?? ''), 1);
    assert.equal(await settle('t0.example'), 0, 'was used since');
    assert.equal(await settle('t1.example'), 1, 'was not');
  });

  test('a tenant that nobody visits for half an hour is forgotten, one that somebody does is not', async () => {
    const { nameAt, database, clock } = openDirectory({ 'noord.example': stored('noord') });
    await nameAt('noord.example');
    for (let visit = 0; visit < 4; visit += 1) {
      clock.advance(20 * 60_000);
      await nameAt('noord.example');
    }
    assert.equal(database.asked.length, 1);
    clock.advance(30 * 60_000);
    await nameAt('noord.example');
    assert.equal(database.asked.length, 2);
  });

  test('made-up hosts do not pile up while the database is slow, and the tenants in memory do not feel it', async () => {
    const { directory, database, nameAt, stalled } = openDirectory({ 'noord.example': stored('noord') });
    await nameAt('noord.example');
    const gate = Promise.withResolvers<void>();
    stalled.promise = gate.promise;
    const waiting = Array.from({ length: BOUNDS.lookUps }, (_, index) =>
      directory.byHost(`evil-${index}.example`),
    );
    await assert.rejects(nameAt('one-more.example'), refused('store-unavailable'));
    assert.equal(database.asked.length, 1 + BOUNDS.lookUps);
    assert.equal(await nameAt('noord.example'), 'Organisatie noord');
    assert.equal(await nameAt('login.example'), 'Organisatie default');
    gate.resolve();
    await Promise.all(waiting);
    assert.equal(await nameAt('one-more.example'), undefined);
  });
});
