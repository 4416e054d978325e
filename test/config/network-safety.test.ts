import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import pg from 'pg';
import { formatFaults } from '#config/check.ts';
import { loadConfig } from '#config/load.ts';
import { postgresReach } from '#config/postgres-address.ts';
import { filesOf, validSettings } from './valid-settings.ts';

function faultsOf(env: Record<string, string>): string {
  const { database: _, ...base } = validSettings;
  const result = loadConfig({ base, env, readFile: filesOf({}) });
  return result.ok ? '' : formatFaults(result.faults);
}

const remote = 'postgres://app:secret@db.example/poortwachter';

/** How pg would go about it: whether over TLS, and whether it would believe any certificate. */
function asPgReadsIt(address: string) {
  const client = new pg.Client({ connectionString: address });
  return { host: client.host, ssl: client.ssl };
}

describe('a database across the network', () => {
  for (const mode of ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'no-verify', 'VERIFY-FULL', '']) {
    test(`is refused with sslmode=${mode}`, () => {
      const text = faultsOf({ DATABASE_URL: `${remote}?sslmode=${mode}` });
      assert.match(text, /database\.url \(DATABASE_URL\): crosses the network without sslmode=verify-full/);
      assert.doesNotMatch(text, /secret|db\.example/);
    });
  }

  test('is refused without sslmode, and so is the owner’s address', () => {
    const text = faultsOf({ DATABASE_URL: remote, DATABASE_MIGRATION_URL: `${remote}?ssl=true` });
    assert.match(text, /2 faults/);
    assert.match(text, /database\.migrationUrl \(DATABASE_MIGRATION_URL\): crosses the network/);
  });

  test('is taken with sslmode=verify-full, and unverified when that is said by name', () => {
    assert.equal(faultsOf({ DATABASE_URL: `${remote}?sslmode=verify-full` }), '');
    assert.equal(faultsOf({ DATABASE_URL: remote, POORTWACHTER_UNSAFE_UNVERIFIED_DATABASE: 'true' }), '');
  });

  test('is seen as pg sees it: the last host and the last mode in the query count', () => {
    for (const address of [
      'postgres://app@localhost/p?host=db.example',
      'postgres://app@localhost/p?host=localhost&host=db.example',
    ]) {
      assert.equal(asPgReadsIt(address).host, 'db.example');
      assert.deepEqual(postgresReach(address), { local: false, verified: false });
    }
    const twice = `${remote}?sslmode=verify-full&sslmode=disable`;
    assert.equal(asPgReadsIt(twice).ssl, false);
    assert.equal(postgresReach(twice).verified, false);
    assert.ok(asPgReadsIt(`${remote}?sslmode=verify-full`).ssl, 'with TLS, and no word about who may answer');
  });

  test('is meant by an address that names no host: the environment of pg decides', () => {
    assert.equal(postgresReach('postgres:///p').local, false);
    assert.equal(postgresReach('postgres://app@/p').local, false);
  });
});

describe('a Redis across the network', () => {
  const database = { DATABASE_URL: 'postgres://app@localhost/p' };
  const redisFaultsOf = (url: string, more: Record<string, string> = {}) => {
    const { redis: _, ...base } = validSettings;
    const result = loadConfig({ base, env: { ...database, REDIS_URL: url, ...more }, readFile: filesOf({}) });
    return result.ok ? '' : formatFaults(result.faults);
  };
  const cluster = { POORTWACHTER_REDIS_TOPOLOGY: 'cluster' };

  test('is refused without TLS, without a word of its address', () => {
    const text = redisFaultsOf('redis://:secret@cache.example');
    assert.match(text, /redis\.url \(REDIS_URL\): crosses the network without TLS; use rediss:\/\//);
    assert.doesNotMatch(text, /secret|cache/);
  });

  test('is refused when one of several hosts is not on this machine', () => {
    assert.match(redisFaultsOf('redis://localhost,10.0.0.2', cluster), /crosses the network/);
  });

  test('is refused where others tell its address, though they are on this machine themselves', () => {
    const local = 'redis://localhost:1,127.0.0.1:2,[::1]:3';
    const sentinel = { POORTWACHTER_REDIS_TOPOLOGY: 'sentinel', POORTWACHTER_REDIS_SENTINEL_NAME: 'main' };
    for (const topology of [cluster, sentinel]) {
      assert.match(redisFaultsOf(local, topology), /whatever address is told there without TLS/);
      assert.equal(redisFaultsOf(local.replace('redis', 'rediss'), topology), '');
      assert.equal(redisFaultsOf(local, { ...topology, POORTWACHTER_UNSAFE_UNVERIFIED_REDIS: 'true' }), '');
    }
  });

  test('is taken with TLS, on this machine, and when that is said by name', () => {
    assert.equal(redisFaultsOf('rediss://cache.example'), '');
    for (const local of ['redis://localhost', 'redis://127.0.0.1:6390/1', 'redis://[::1]']) {
      assert.equal(redisFaultsOf(local), '', local);
    }
    assert.equal(redisFaultsOf('redis://cache', { POORTWACHTER_UNSAFE_UNVERIFIED_REDIS: 'true' }), '');
  });
});

test('a database on this machine needs no TLS', () => {
  for (const address of [
    'postgres://app@localhost/p',
    'postgres://app@127.0.0.1:5433/p',
    'postgres://app@[::1]/p',
    'postgres://app@%2Fvar%2Frun%2Fpostgresql/p',
    'postgres://app@/p?host=/var/run/postgresql',
    'postgresql://app@db.example/p?host=/var/run/postgresql',
  ]) {
    assert.equal(postgresReach(address).local, true, address);
    assert.match(asPgReadsIt(address).host, /^(localhost|127\.0\.0\.1|::1|\/var\/run\/postgresql)$/);
    assert.equal(faultsOf({ DATABASE_URL: address }), '', address);
  }
});

test('an address of a database that is not used is no fault', () => {
  assert.equal(faultsOf({ DATABASE_URL: remote, POORTWACHTER_DATABASE_STORE: 'embedded' }), '');
});

test('everything that is unsafe is told at once, beside what is missing', () => {
  const result = loadConfig({
    env: { POORTWACHTER_ISSUER: 'http://localhost:3000', DATABASE_URL: remote },
    readFile: filesOf({}),
  });
  const text = result.ok ? '' : formatFaults(result.faults);
  for (const fault of [
    /issuer \(POORTWACHTER_ISSUER\): must be https/,
    /database\.url \(DATABASE_URL\): crosses the network/,
    /redis\.url \(REDIS_URL\): is needed/,
    /masterKey \(POORTWACHTER_MASTER_KEY\): is required/,
    /tenant\.name \(POORTWACHTER_TENANT_NAME\): is required/,
  ]) {
    assert.match(text, fault);
  }
});

test('who knows leaked passwords is asked with TLS alone, unless that is said by name', () => {
  const store = { POORTWACHTER_DATABASE_STORE: 'embedded' };
  const plain = { ...store, POORTWACHTER_PASSWORD_BREACHED_URL: 'http://127.0.0.1:9999/range/' };
  assert.match(
    faultsOf(plain),
    /password\.breachedUrl \(POORTWACHTER_PASSWORD_BREACHED_URL\): must be https/,
  );
  assert.equal(faultsOf({ ...plain, POORTWACHTER_UNSAFE_PLAIN_HTTP: 'true' }), '');
  assert.equal(
    faultsOf({ ...store, POORTWACHTER_PASSWORD_BREACHED_URL: 'https://leaks.example/range/' }),
    '',
  );
});

test('an application hears that a session ended over TLS alone, unless that is said by name', () => {
  const client = { client_id: 'absence', token_endpoint_auth_method: 'none' as const };
  const faults = (backchannel_logout_uri: string, plainHttp = false) => {
    const clients = [{ ...client, redirect_uris: ['https://absence.example/cb'], backchannel_logout_uri }];
    const result = loadConfig({
      base: { ...validSettings, clients, unsafe: { plainHttp } },
      env: {},
      readFile: filesOf({}),
    });
    return result.ok ? '' : formatFaults(result.faults);
  };
  const plain = 'http://localhost:3001/told';
  assert.match(faults(plain), /clients\[0\]\.backchannel_logout_uri: must be https; http only with/);
  assert.equal(faults(plain, true), '');
  assert.equal(faults('https://absence.example/told'), '');
});
