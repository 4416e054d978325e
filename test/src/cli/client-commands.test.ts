import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { endOfSuite } from '../../support/postgres.ts';
import { type OpenedOperations, openTestOperations, say } from './command-line.ts';

const ending = endOfSuite();
let opened: OpenedOperations;
const folder = mkdtempSync(join(tmpdir(), 'poortwachter-test-'));

before(async () => {
  opened = await openTestOperations(ending);
});
after(() => rmSync(folder, { recursive: true }));

const run = (...argv: readonly string[]) => say(opened.operations, argv);

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const callback = ['--redirect-uri', 'https://absence.example/callback'];

describe('client add', () => {
  test('makes a client_id and a secret of 256 bits, and shows the secret this once', async () => {
    const said = await run('client', 'add', '--name', 'Absence', ...callback, '--first-party', '--json');
    assert.equal(said.exit, 0, said.stderr);
    const { client_id: id, client_secret: secret, ...metadata } = JSON.parse(said.stdout);
    assert.deepEqual(metadata, {
      client_name: 'Absence',
      redirect_uris: ['https://absence.example/callback'],
      first_party: true,
    });
    assert.equal(Buffer.from(secret, 'base64url').length, 32);
    const stored = await opened.operations.clients.find(opened.operations.tenant.id, id);
    assert.deepEqual(stored, { client_id: id, client_secret: secret, ...metadata });
    for (const more of [[], ['--json']]) {
      const { stdout } = await run('client', 'list', ...more);
      assert.ok(stdout.includes(id) && !stdout.includes(secret), stdout);
    }
  });

  test('a public client gets no secret', async () => {
    const client = JSON.parse((await run('client', 'add', ...callback, '--public', '--json')).stdout);
    assert.equal(client.client_secret, undefined);
    assert.equal(client.token_endpoint_auth_method, 'none');
  });

  test('an application that takes only what can not be phished says so in its metadata', async () => {
    const said = await run('client', 'add', ...callback, '--phishing-resistant', '--json');
    assert.equal(JSON.parse(said.stdout).required_acr, 'urn:poortwachter:acr:phr');
    const wrong = { redirect_uris: ['https://absence.example/callback'], required_acr: 'strong' };
    const refused = await run('client', 'add', '--file', file('level.json', wrong));
    assert.equal(refused.exit, 1);
    assert.match(
      refused.stderr,
      /required_acr must be one of urn:poortwachter:acr:mfa, urn:poortwachter:acr:phr/,
    );
  });

  test('an application that is told of sessions that ended is told which one, over TLS', async () => {
    const told = (address: string) =>
      run('client', 'add', ...callback, '--backchannel-logout-uri', address, '--json');
    const added = JSON.parse((await told('https://absence.example/told')).stdout);
    assert.equal(added.backchannel_logout_uri, 'https://absence.example/told');
    assert.equal(added.backchannel_logout_session_required, true);
    const refused = await told('http://localhost:3001/told');
    assert.equal(refused.exit, 1);
    assert.match(refused.stderr, /backchannel_logout_uri must be https; http only with unsafe\.plainHttp/);
  });

  test('no application takes the name of one of our own', async () => {
    const refused = await run('client', 'add', ...callback, '--id', 'poortwachter-account');
    assert.equal(refused.exit, 1);
    assert.match(refused.stderr, /client_id must not begin with poortwachter-, which the product names/);
  });

  test('takes a file with its secret file, a flag wins, and a secret that was given is not shown', async () => {
    const secret = 'x'.repeat(40);
    const client = {
      client_id: 'filed',
      client_name: 'Old',
      client_secret_file: file('secret', `${secret}\n`),
      redirect_uris: ['https://absence.example/callback'],
    };
    const said = await run('client', 'add', '--file', file('client.json', client), '--name', 'New');
    assert.equal(said.exit, 0, said.stderr);
    assert.ok(!said.stdout.includes(secret) && !said.stdout.includes('not shown again'));
    const stored = await opened.operations.clients.find(opened.operations.tenant.id, 'filed');
    assert.deepEqual(
      [stored?.client_name, stored?.client_secret, stored?.client_secret_file],
      ['New', secret, undefined],
    );
  });

  for (const address of [
    'http://absence.example/cb',
    'https://*.example/cb',
    'https://absence.example/cb#x',
    'javascript:alert(1)',
  ]) {
    test(`the redirect address ${address} is refused`, async () => {
      const said = await run('client', 'add', '--redirect-uri', address);
      assert.equal(said.exit, 1);
      assert.match(said.stderr, /^The client is refused: redirect_uris\[0\] must /);
    });
  }

  test('a loopback address may do without https', async () => {
    assert.equal((await run('client', 'add', '--redirect-uri', 'http://localhost:4000/callback')).exit, 0);
  });

  for (const [title, content, reason] of [
    ['not JSON', '{"client_secret": "planted-7f3a"', 'must hold one JSON object'],
    ['a list', [], 'must hold one JSON object'],
    [
      'an unknown key',
      { redirect_uris: ['https://a.example/'], redirect_uri: 'planted-7f3a' },
      'redirect_uri is no client metadata',
    ],
    [
      'a short secret',
      { redirect_uris: ['https://a.example/'], client_secret: 'planted-7f3a' },
      'client_secret must have at least 32 characters',
    ],
    [
      'a gone secret file',
      { redirect_uris: ['https://a.example/'], client_secret_file: '/gone' },
      "can't read /gone",
    ],
    ['no redirect address', { client_id: 'a' }, 'redirect_uris is required'],
  ] as const) {
    test(`a file with ${title} is refused without repeating it`, async () => {
      const said = await run('client', 'add', '--file', file('bad.json', content));
      assert.equal(said.exit, 1);
      assert.ok(said.stderr.includes(reason), said.stderr);
      assert.ok(!said.stderr.includes('planted'), said.stderr);
    });
  }

  test('a client_id is given once, in the settings file or here', async () => {
    assert.equal((await run('client', 'add', '--id', 'once', ...callback)).exit, 0);
    for (const id of ['once', 'from-file']) {
      const said = await run('client', 'add', '--id', id, ...callback);
      assert.deepEqual([said.exit, said.stdout], [1, '']);
      assert.match(said.stderr, /another client has this client_id/i);
    }
  });

  test('nothing to add is a wrong call; a file that is not there a refusal', async () => {
    assert.equal((await run('client', 'add')).exit, 2);
    assert.equal((await run('client', 'add', '--file', '/gone.json')).exit, 1);
  });
});

describe('client list and remove', () => {
  test('show where a client comes from, and leave the settings file alone', async () => {
    const { clients } = JSON.parse((await run('client', 'list', '--json')).stdout);
    assert.equal(clients[0].source, 'configuration');
    const said = await run('client', 'remove', 'from-file');
    assert.deepEqual(
      [said.exit, said.stderr],
      [1, 'This client is in the settings file; remove it there.\n'],
    );
  });

  test('a removed client is gone, and can not be removed again', async () => {
    await run('client', 'add', '--id', 'leaving', ...callback);
    assert.deepEqual(JSON.parse((await run('client', 'remove', 'leaving', '--json')).stdout), {
      removed: 'leaving',
    });
    assert.equal(await opened.operations.clients.find(opened.operations.tenant.id, 'leaving'), undefined);
    assert.equal((await run('client', 'remove', 'leaving')).exit, 1);
  });
});
