import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatFaults } from '#config/check.ts';
import { loadConfig } from '#config/load.ts';
import { filesOf, validSettings } from './valid-settings.ts';

function load(yaml: string, files: Record<string, string> = {}) {
  return loadConfig({
    base: validSettings,
    env: { POORTWACHTER_CONFIG: 'p.yaml' },
    readFile: filesOf({ ...files, 'p.yaml': yaml }),
  });
}

function refusal(yaml: string, files: Record<string, string> = {}): string {
  const result = load(yaml, files);
  assert.ok(!result.ok, 'was accepted');
  return formatFaults(result.faults);
}

describe('a settings file', () => {
  test('may be empty or hold comments only', () => {
    assert.ok(load('').ok);
    assert.ok(load('# nothing yet\n').ok);
  });

  test('that is not there is one fault that names it', () => {
    const result = loadConfig({
      base: {},
      env: { POORTWACHTER_CONFIG: '/gone.yaml' },
      readFile: filesOf({}),
    });
    assert.ok(!result.ok);
    assert.equal(
      formatFaults(result.faults),
      "The configuration has 1 fault:\n  POORTWACHTER_CONFIG: can't read /gone.yaml: it does not exist\n",
    );
  });

  for (const [title, yaml, expected] of [
    [
      'a fault has file and line',
      'listen:\n  port: 3000\n  trustedHops: 9\n',
      'p.yaml:3 listen.trustedHops (POORTWACHTER_LISTEN_TRUSTED_HOPS): must be at most 5',
    ],
    [
      'an unknown key has file and line',
      'listen:\n\n  prot: 3000\n',
      'p.yaml:3 listen.prot: is not a setting; did you mean port?',
    ],
    [
      'a key given twice is refused',
      'dataDir: a\ndataDir: b\n',
      'p.yaml:2: has a key that is already in the same group',
    ],
    ['a tab as indentation is refused', 'listen:\n\tport: 1\n', 'p.yaml:2: is indented with a tab'],
    ['a second document is refused', 'dataDir: a\n---\ndataDir: b\n', 'p.yaml:2: begins a second document'],
    ['a tag is refused', 'dataDir: !env HOME\n', 'p.yaml:1: has a tag'],
    [
      'a missing bracket has its line',
      'dataDir: a\nlisten: {port: 1\n',
      'p.yaml:3: is indented wrongly, or a bracket above it is open',
    ],
    ['a list where settings belong is refused', '- a\n', 'p.yaml: must hold settings'],
    [
      'a number for text is refused with the way out',
      'tenant:\n  name: 42\n',
      'p.yaml:2 tenant.name (POORTWACHTER_TENANT_NAME): must be text: put it in quotes',
    ],
    [
      'text for a number is refused',
      'listen:\n  port: "3000"\n',
      'p.yaml:2 listen.port (PORT): must be a whole number',
    ],
    [
      'true for a number is refused',
      'listen:\n  port: true\n',
      'p.yaml:2 listen.port (PORT): must be a whole number',
    ],
    ['a key without a value is refused', 'dataDir:\n', 'p.yaml:1 dataDir (POORTWACHTER_DATA_DIR): is empty'],
    [
      'a merge key is a key like any other',
      'a: &a {port: 1}\nlisten:\n  <<: *a\n',
      'p.yaml:1 a: is not a setting',
    ],
    ['an alias of nothing is refused', 'dataDir: *nothing\n', 'a value that begins with * must be in quotes'],
  ] as const) {
    test(title, () => {
      const text = refusal(yaml);
      assert.ok(text.includes(expected), text);
    });
  }

  test('an alias may share a text', () => {
    const result = load('tenant:\n  helpDesk:\n    hours:\n      nl: &always 24/7\n      en: *always\n');
    assert.ok(result.ok);
    assert.equal(result.config.tenant.helpDesk.hours?.en, '24/7');
  });

  test('aliases of aliases do not eat the memory', () => {
    const levels = Array.from(
      { length: 20 },
      (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}, *a${i}, *a${i}]`,
    );
    assert.match(refusal(['a0: &a0 [x]', ...levels].join('\n')), /more than 50 uses of aliases/);
  });

  test('a fault in the syntax repeats nothing of what is written there', () => {
    for (const yaml of [
      'masterKey: *planted\n',
      'masterKey: !planted\n',
      'masterKey: "planted\n',
      'masterKey:planted\n',
      '{masterKey:planted}\n',
      'masterKey: @planted\n',
      'masterKey: [planted: planted: planted\n',
    ]) {
      const text = refusal(yaml);
      assert.ok(!text.includes('planted'), text);
    }
  });

  test('a variable that wins over the file takes the fault with it', () => {
    const result = loadConfig({
      base: validSettings,
      env: { POORTWACHTER_CONFIG: 'p.yaml', PORT: '70000' },
      readFile: filesOf({ 'p.yaml': 'listen:\n  port: 3000\n' }),
    });
    assert.ok(!result.ok);
    assert.match(formatFaults(result.faults), /^ {2}listen\.port \(PORT\): must be at most 65535$/m);
  });
});

describe('clients in the file', () => {
  const clientYaml = (lines: readonly string[]) =>
    `clients:\n  - client_id: absence\n    redirect_uris: [https://absence.example/callback]\n${lines.map((line) => `    ${line}\n`).join('')}`;

  test('keep their secret apart from what may be shown', () => {
    for (const [yaml, files] of [
      [clientYaml([`client_secret: ${'s'.repeat(32)}`]), {}],
      [clientYaml(['client_secret_file: /run/s']), { '/run/s': `${'s'.repeat(32)}\n` }],
    ] as const) {
      const result = load(yaml, files);
      assert.ok(result.ok);
      const [client] = result.config.clients;
      assert.equal(client?.secret?.reveal(), 's'.repeat(32));
      assert.deepEqual(client?.metadata, {
        client_id: 'absence',
        redirect_uris: ['https://absence.example/callback'],
      });
    }
  });

  for (const [title, lines, expected] of [
    [
      'a secret and its file at once',
      ['client_secret: x', 'client_secret_file: /s'],
      'clients[0].client_secret_file: is given, and so is client_secret',
    ],
    [
      'an unreadable secret file',
      ['client_secret_file: /gone'],
      "p.yaml:4 clients[0].client_secret_file: can't read /gone",
    ],
    [
      'a short secret',
      ['client_secret: short'],
      'p.yaml:4 clients[0].client_secret: must have at least 32 characters',
    ],
    [
      'no secret for a client that needs one',
      [],
      'clients[0].client_secret: is needed for client_secret_basic',
    ],
    [
      'a secret for a public client',
      [`client_secret: ${'s'.repeat(32)}`, 'token_endpoint_auth_method: none'],
      'clients[0].client_secret: has no use',
    ],
    [
      'a key method without a key',
      ['token_endpoint_auth_method: private_key_jwt'],
      'clients[0].jwks: is needed for private_key_jwt',
    ],
    ['an unknown key', ['redirect_url: https://a'], 'did you mean redirect_uris?'],
    ['the implicit flow', ['response_types: [id_token]'], 'clients[0].response_types[0]: must be code'],
    [
      'a plain-text start page',
      ['initiate_login_uri: http://absence.example/'],
      'clients[0].initiate_login_uri: must be https',
    ],
  ] as const) {
    test(`${title} is refused`, () => {
      const text = refusal(clientYaml(lines));
      assert.ok(text.includes(expected), text);
    });
  }

  for (const [address, expected] of [
    ['http://absence.example/cb', 'must be https'],
    ['https://*.absence.example/cb', 'must be one exact address'],
    ['https://absence.example/cb#x', 'must not have a fragment'],
    ['com.example.app:/cb', 'must be an https address'],
    ['javascript:alert(1)', 'must be an https address'],
    ['https:absence.example', 'must be an https address'],
  ] as const) {
    test(`the redirect address ${address} is refused`, () => {
      const text = refusal(
        `clients:\n  - client_id: a\n    token_endpoint_auth_method: none\n    redirect_uris: ["${address}"]\n`,
      );
      assert.ok(text.includes(`clients[0].redirect_uris[0]: ${expected}`), text);
    });
  }

  test('a native application may use its own scheme, but no script scheme', () => {
    const native = (address: string) =>
      load(
        `clients:\n  - client_id: a\n    application_type: native\n    token_endpoint_auth_method: none\n    redirect_uris: ["${address}"]\n`,
      ).ok;
    assert.ok(native('com.example.app:/cb'));
    assert.ok(native('http://127.0.0.1/cb'));
    assert.ok(!native('javascript:alert(1)'));
    assert.ok(!native('app:/cb'));
    assert.ok(!native('com.example.app:/cb#x'));
  });
});
