import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatFaults } from '#config/check.ts';
import { type LoadSources, loadConfig, parseSettings } from '#config/load.ts';
import type { Config } from '#config/settings.ts';
import { filesOf, validSettings } from './valid-settings.ts';

function loaded(sources: LoadSources): Config {
  const result = loadConfig({ base: validSettings, env: {}, readFile: filesOf({}), ...sources });
  assert.ok(result.ok, result.ok ? '' : formatFaults(result.faults));
  return result.config;
}

function refusal(sources: LoadSources): string {
  const result = loadConfig({ base: validSettings, env: {}, readFile: filesOf({}), ...sources });
  assert.ok(!result.ok, 'was accepted');
  return formatFaults(result.faults);
}

describe('where a setting comes from', () => {
  const readFile = filesOf({ 'p.yaml': 'listen:\n  port: 4001\n  trustedHops: 2\n' });
  const env = { POORTWACHTER_CONFIG: 'p.yaml', PORT: '4002' };
  const base = { ...validSettings, listen: { port: 4000, trustedHops: 1, address: '127.0.0.1' } };

  test('the environment wins over the file, the file over settings from code, those over the default', () => {
    const config = loaded({ env, readFile, base });
    assert.deepEqual(
      { ...config.listen },
      { port: 4002, trustedHops: 2, address: '127.0.0.1', maxConnections: 2000 },
    );
    assert.equal(config.management.port, 9464);
  });

  test('a whole configuration fits into the environment', () => {
    const config = loaded({
      base: {},
      env: {
        POORTWACHTER_ISSUER: 'https://login.example',
        POORTWACHTER_MASTER_KEY: 'B'.repeat(43),
        DATABASE_URL: 'postgres://app@db/p?sslmode=verify-full',
        REDIS_URL: 'rediss://cache',
        POORTWACHTER_TENANT_NAME: 'Example',
        POORTWACHTER_TENANT_PRODUCT_NAME: 'Example',
        POORTWACHTER_TENANT_APPLICATION_NAME: 'Absence',
        POORTWACHTER_TENANT_INITIATE_LOGIN_URI: 'https://absence.example/',
        POORTWACHTER_TENANT_HELP_DESK_EMAIL: 'helpdesk@login.example',
        POORTWACHTER_TENANT_NOTICE_NL: 'Welkom',
      },
    });
    assert.equal(config.database.url?.reveal(), 'postgres://app@db/p?sslmode=verify-full');
    assert.equal(config.tenant.notice.nl, 'Welkom');
    assert.match(config.tenant.notice.en, /authorised user/);
  });

  test('an own PORT of another program does not reach a setting of ours', () => {
    assert.equal(loaded({ env: { REDIS_PORT: 'tcp://10.0.0.1:6379', HOME: '/' } }).listen.port, 3000);
  });
});

describe('the loaded configuration', () => {
  test('is frozen to its leaves', () => {
    const config = loaded({ base: { ...validSettings, clients: [client] } });
    assert.throws(() => Object.assign(config, { issuer: 'x' }), TypeError);
    assert.throws(() => Object.assign(config.tenant.helpDesk, { email: 'x' }), TypeError);
    assert.throws(() => config.clients[0]?.metadata.redirect_uris.push('x'), TypeError);
  });

  test('does not change the settings it was made from', () => {
    const before = structuredClone(validSettings);
    loaded({ env: { PORT: '1' } });
    assert.deepEqual(validSettings, before);
  });
});

describe('faults', () => {
  test('are all told at once, each by its key', () => {
    const text = refusal({
      base: {},
      env: {
        PORT: 'many',
        POORTWACHTER_ISSUR: 'x',
        POORTWACHTER_MASTER_KEY: 'short',
        DATABASE_URL: 'mysql://db',
      },
    });
    for (const part of [
      'POORTWACHTER_ISSUR: is not a setting; did you mean POORTWACHTER_ISSUER?',
      'issuer (POORTWACHTER_ISSUER): is required',
      'listen.port (PORT): must be a whole number',
      'masterKey (POORTWACHTER_MASTER_KEY): must be 32 random bytes',
      'database.url (DATABASE_URL): must begin with postgres://',
      'redis.url (REDIS_URL): is needed while redis.store is redis',
      'tenant.name (POORTWACHTER_TENANT_NAME): is required',
      'tenant.helpDesk.email (POORTWACHTER_TENANT_HELP_DESK_EMAIL): is needed, or a phone number',
    ]) {
      assert.ok(text.includes(part), `${part}\nin\n${text}`);
    }
  });

  test('one key has one fault', () => {
    const text = refusal({
      env: { DATABASE_URL: 'a', DATABASE_URL_FILE: 'b', POORTWACHTER_DATABASE_STORE: 'postgres' },
    });
    assert.equal(text.split('database.url').length, 2, text);
  });

  test('never hold a value, secret or not', () => {
    const planted = 'planted-7f3a';
    const text = refusal({
      base: {},
      env: {
        POORTWACHTER_ISSUER: planted,
        POORTWACHTER_MASTER_KEY: planted,
        DATABASE_URL: planted,
        DATABASE_MIGRATION_URL: planted,
        REDIS_URL: planted,
        PORT: planted,
        POORTWACHTER_LOG_LEVEL: planted,
        POORTWACHTER_TENANT_HELP_DESK_EMAIL: planted,
        POORTWACHTER_CONFIG: 'p.yaml',
      },
      readFile: filesOf({
        'p.yaml': `password: ${planted}\nclients:\n  - client_id: ${planted}é\n    client_secret: ${planted}\n    jwks: ${planted}\n`,
      }),
    });
    assert.ok(!text.includes(planted), text);
    assert.ok(text.split('\n').length > 12, text);
  });

  for (const [setting, value, reason] of [
    ['POORTWACHTER_ISSUER', 'http://login.example', 'must be https'],
    ['POORTWACHTER_ISSUER', 'https://login.example/', 'without a slash'],
    ['POORTWACHTER_ISSUER', 'https://login.example/path', 'without a slash'],
    ['POORTWACHTER_ISSUER', 'https://Login.example', 'lower case'],
    ['POORTWACHTER_ISSUER', 'https://a:b@login.example', 'must not carry'],
    ['POORTWACHTER_ISSUER', 'login.example', 'must be an https address'],
    ['POORTWACHTER_TENANT_INITIATE_LOGIN_URI', 'http://absence.example/', 'must be https'],
    ['POORTWACHTER_TENANT_INITIATE_LOGIN_URI', 'javascript:alert(1)', 'must be an https address'],
    ['POORTWACHTER_PASSWORD_MEMORY_KIB', '19455', 'must be at least 19456'],
    ['POORTWACHTER_PASSWORD_PASSES', '1', 'must be at least 2 while memoryKib is below 47104'],
    ['POORTWACHTER_SESSION_IDLE_MINUTES', '61', 'must be at most 60'],
    ['POORTWACHTER_SESSION_ABSOLUTE_HOURS', '25', 'must be at most 24'],
    ['POORTWACHTER_LISTEN_TRUSTED_HOPS', '1.5', 'must be a whole number'],
    ['POORTWACHTER_LISTEN_TRUSTED_HOPS', ' 1', 'must be a whole number'],
    ['POORTWACHTER_LOG_LEVEL', 'loud', 'must be one of debug, info'],
    ['POORTWACHTER_DATABASE_STORE', 'postgres', 'is needed while database.store is postgres'],
    ['PORT', '', 'is set but empty'],
    ['MANAGEMENT_PORT', 'tcp://10.0.0.1:80', 'enableServiceLinks: false'],
  ] as const) {
    test(`${setting}=${value} is refused`, () => {
      assert.ok(
        refusal({ env: { [setting]: value } }).includes(reason),
        refusal({ env: { [setting]: value } }),
      );
    });
  }

  for (const issuer of [
    'http://localhost:3000',
    'http://login.localhost:3000',
    'http://127.0.0.1:3000',
    'http://[::1]:3000',
  ]) {
    test(`${issuer} may do without https when that is said by name`, () => {
      const env = { POORTWACHTER_ISSUER: issuer };
      assert.equal(loaded({ env: { ...env, POORTWACHTER_UNSAFE_PLAIN_HTTP: 'true' } }).issuer, issuer);
      assert.match(refusal({ env }), /issuer \(POORTWACHTER_ISSUER\): must be https; .*unsafe\.plainHttp/);
    });
  }

  test('one argon2id pass is allowed with 46 MiB', () => {
    const env = { POORTWACHTER_PASSWORD_PASSES: '1', POORTWACHTER_PASSWORD_MEMORY_KIB: '47104' };
    assert.equal(loaded({ env }).password.passes, 1);
  });
});

const client = {
  client_id: 'absence',
  client_secret: 's'.repeat(32),
  redirect_uris: ['https://absence.example/callback'],
};

describe('settings from code', () => {
  test('are checked like any other', () => {
    const result = parseSettings({ ...validSettings, isuer: 'x', clients: [client, client] });
    assert.ok(!result.ok);
    const text = formatFaults(result.faults);
    assert.match(text, /isuer: is not a setting; did you mean issuer\?/);
    assert.match(text, /clients\[1\]\.client_id: is the client_id of another client too/);
  });

  test('that are no settings at all are refused, not thrown at', () => {
    for (const raw of [undefined, null, 5, 'x', []]) assert.equal(parseSettings(raw).ok, false);
  });

  test('a key called __proto__ is a fault like any other', () => {
    const raw: unknown = JSON.parse('{"__proto__": {"issuer": "https://a.example"}, "constructor": 1}');
    const result = parseSettings(raw);
    assert.ok(!result.ok);
    assert.match(formatFaults(result.faults), /issuer \(POORTWACHTER_ISSUER\): is required/);
    assert.match(formatFaults(result.faults), /__proto__: is not a setting/);
    assert.match(formatFaults(result.faults), /constructor: is not a setting/);
  });
});
