import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatFaults } from '#config/check.ts';
import { locateStore } from '#config/locate-store.ts';
import { nearest } from '#config/nearest.ts';
import { listSettingKeys } from '#config/setting-keys.ts';
import { readVariables } from '#config/variables.ts';
import { filesOf } from './valid-settings.ts';

function read(env: Record<string, string>, files: Record<string, string> = {}) {
  const { values, faults } = readVariables(listSettingKeys(), env, filesOf(files));
  return { values, text: formatFaults(faults), count: faults.length };
}

describe('names of variables', () => {
  test('no two settings share one, not even with _FILE', () => {
    const names = listSettingKeys().flatMap((key) => [key.variable, `${key.variable}_FILE`]);
    assert.deepEqual(names, [...new Set(names)]);
  });

  test('follow from the place in the file, customary ones excepted', () => {
    const names = new Map(listSettingKeys().map((key) => [key.name, key.variable]));
    assert.equal(names.get('tenant.helpDesk.email'), 'POORTWACHTER_TENANT_HELP_DESK_EMAIL');
    assert.equal(names.get('masterKey'), 'POORTWACHTER_MASTER_KEY');
    const customary = [...names.values()].filter((name) => !name.startsWith('POORTWACHTER_'));
    assert.deepEqual(customary, [
      'PORT',
      'MANAGEMENT_PORT',
      'DATABASE_URL',
      'DATABASE_MIGRATION_URL',
      'REDIS_URL',
    ]);
  });

  test('every setting says what it decides', () => {
    for (const key of listSettingKeys()) assert.notEqual(key.description, '', key.name);
  });
});

describe('secrets from files', () => {
  test('every secret, and nothing else, can be read from a file', () => {
    for (const key of listSettingKeys()) {
      const { values, count } = read({ [`${key.variable}_FILE`]: '/f' }, { '/f': 'text\n' });
      assert.equal(values.get(key.name), key.secret ? 'text' : undefined, key.name);
      // A customary name has no prefix, so its _FILE is somebody else's variable.
      if (!key.secret && key.variable.startsWith('POORTWACHTER_')) assert.equal(count, 1, key.name);
    }
  });

  test('only one newline at the end is dropped', () => {
    assert.equal(read({ REDIS_URL_FILE: '/f' }, { '/f': ' a \n\n' }).values.get('redis.url'), ' a \n');
    assert.equal(read({ REDIS_URL_FILE: '/f' }, { '/f': 'a\r\n' }).values.get('redis.url'), 'a');
  });

  test('a file that is missing or empty is a fault that names it', () => {
    assert.match(
      read({ REDIS_URL_FILE: '/gone' }).text,
      /\(REDIS_URL_FILE\): can't read \/gone: it does not exist/,
    );
    assert.match(read({ REDIS_URL_FILE: '/f' }, { '/f': '\n' }).text, /the file \/f is empty/);
  });

  test('a value and a file for one secret is a fault', () => {
    const { text, values } = read({ REDIS_URL: 'redis://a', REDIS_URL_FILE: '/f' }, { '/f': 'x' });
    assert.match(text, /set one of them/);
    assert.equal(values.size, 0);
  });

  test('a setting that is no secret says which variable to set instead', () => {
    assert.match(
      read({ POORTWACHTER_ISSUER_FILE: '/f' }).text,
      /only secrets are read from files, set POORTWACHTER_ISSUER$/m,
    );
  });
});

describe('variables nobody knows', () => {
  test('a slip of the keyboard gets the name that was meant', () => {
    assert.match(read({ POORTWACHTER_MASTERKEY: 'x' }).text, /did you mean POORTWACHTER_MASTER_KEY\?/);
    assert.match(read({ POORTWACHTER_DATABASE_URL: 'x' }).text, /did you mean DATABASE_URL\?/);
    assert.match(read({ POORTWACHTER_LISTEN_PORT: '1' }).text, /did you mean PORT\?/);
    assert.match(read({ POORTWACHTER_PORT: '3000' }).text, /did you mean PORT\?/);
    assert.match(read({ POORTWACHTER_SOMETHING_ELSE: 'x' }).text, /is not a setting$/m);
  });

  test("Kubernetes' service links make one fault that says how to end them", () => {
    const { text, count } = read({
      POORTWACHTER_PORT: 'tcp://10.0.0.1:3000',
      POORTWACHTER_PORT_3000_TCP: 'tcp://10.0.0.1:3000',
      POORTWACHTER_PORT_3000_TCP_ADDR: '10.0.0.1',
      POORTWACHTER_PORT_3000_TCP_PORT: '3000',
      POORTWACHTER_PORT_3000_TCP_PROTO: 'tcp',
      POORTWACHTER_SERVICE_HOST: '10.0.0.1',
      POORTWACHTER_SERVICE_PORT: '3000',
      POORTWACHTER_SERVICE_PORT_HTTP: '3000',
      POORTWACHTER_CACHE_PORT: 'tcp://10.0.0.2:6379',
    });
    assert.equal(count, 1, text);
    assert.match(text, /enableServiceLinks: false/);
    assert.match(text, /POORTWACHTER_SERVICE_PORT_HTTP/);
  });

  test('nothing is suggested for a word that is far from every name', () => {
    assert.equal(nearest('isuser', ['issuer', 'listen']), 'issuer');
    assert.equal(nearest('isseur', ['issuer', 'listen']), 'issuer');
    assert.equal(nearest('completely', ['issuer', 'listen']), undefined);
    assert.equal(nearest('', ['issuer']), undefined);
  });
});

describe('types', () => {
  test('a number is digits only; anything else is left for the schema to refuse', () => {
    for (const [text, value] of [
      ['42', 42],
      ['-1', -1],
      ['0x10', '0x10'],
      ['1e3', '1e3'],
      ['1 ', '1 '],
    ] as const) {
      assert.equal(read({ PORT: text }).values.get('listen.port'), value);
    }
  });
});

describe('where users are kept', () => {
  const readFile = filesOf({ 'p.yaml': 'dataDir: /srv/p\ndatabase: { store: embedded }\n', 'bad.yaml': '{' });

  test('is found without the rest of the configuration', () => {
    assert.deepEqual(locateStore({ env: {}, readFile }), { store: undefined, dataDir: 'data' });
    assert.deepEqual(locateStore({ env: { POORTWACHTER_CONFIG: 'p.yaml' }, readFile }), {
      store: 'embedded',
      dataDir: '/srv/p',
    });
    assert.deepEqual(
      locateStore({ env: { POORTWACHTER_CONFIG: 'p.yaml', POORTWACHTER_DATA_DIR: '/d' }, readFile }).dataDir,
      '/d',
    );
    assert.equal(locateStore({ env: { DATABASE_URL: 'postgres://db' }, readFile }).store, 'postgres');
  });

  test('is left open by sources with faults', () => {
    for (const file of ['bad.yaml', 'gone.yaml', '']) {
      assert.deepEqual(locateStore({ env: { POORTWACHTER_CONFIG: file }, readFile }), {
        store: undefined,
        dataDir: 'data',
      });
    }
  });
});
