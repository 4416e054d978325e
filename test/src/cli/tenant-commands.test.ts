import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openControlServer } from '#src/cli/control-server.ts';
import { createControlledRun } from '#src/cli/run-command.ts';
import { endOfSuite } from '../../support/postgres.ts';
import { type OpenedOperations, openTestOperations, PASSWORD, say } from './command-line.ts';

const ending = endOfSuite();
const folder = mkdtempSync(join(tmpdir(), 'poortwachter-test-'));
const holder = { pid: process.pid, socket: join(folder, 'control.sock') };
let opened: OpenedOperations;

before(async () => {
  opened = await openTestOperations(ending);
  const server = await openControlServer({
    path: holder.socket,
    run: createControlledRun(opened.operations),
  });
  ending.after(async () => server[Symbol.asyncDispose]());
});
after(() => rmSync(folder, { recursive: true }));

const run = (...argv: readonly string[]) => say(opened.operations, argv);

function describing(key: string, more = ''): string {
  return `issuer: https://${key}.example
key: ${key}
name: Organisatie ${key}
productName: Loket
applicationName: Loket
initiateLoginUri: https://app.${key}.example/login
helpDesk: { email: helpdesk@${key}.example }
${more}`;
}

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const apply = (key: string, more?: string) =>
  run('tenant', 'apply', '--file', file(`${key}.yaml`, describing(key, more)), '--json');
const outcomeOf = (said: { stdout: string }) => JSON.parse(said.stdout).outcome;

describe('tenant apply', () => {
  test('says whether it created, changed or found it so, for people and for programs', async () => {
    const path = file('a.yaml', describing('aap'));
    const words: string[] = [];
    for (const content of [describing('aap'), describing('aap'), describing('aap', 'defaultLocale: en')]) {
      file('a.yaml', content);
      words.push((await run('tenant', 'apply', '--file', path)).stdout.split(' ')[0] ?? '');
    }
    assert.deepEqual(words, ['Created', 'Nothing', 'Changed']);
    assert.deepEqual(
      [
        outcomeOf(await apply('noot')),
        outcomeOf(await apply('noot')),
        outcomeOf(await apply('noot', 'theme: {accent: "#123456"}')),
      ],
      ['created', 'unchanged', 'changed'],
    );
    const shown = JSON.parse((await run('tenant', 'show', 'noot', '--json')).stdout);
    assert.deepEqual(
      [shown.key, shown.issuer, shown.source, shown.faults, shown.settings.theme, shown.settings.key],
      ['noot', 'https://noot.example', 'database', [], { accent: '#123456' }, undefined],
    );
  });

  test('tells every fault at once with its line, repeats no value, and changes nothing', async () => {
    const faulty = describing('mies', 'themes: {}')
      .replace('issuer: https', 'issuer: ftp')
      .replace('name: Organisatie mies', 'nam: planted');
    const said = await say(undefined, ['tenant', 'apply', '--file', file('mies.yaml', faulty)]);
    assert.deepEqual([said.exit, said.stdout], [1, '']);
    assert.match(
      said.stderr,
      /^The tenant has 4 faults:\n {2}\S+mies\.yaml:1 issuer: must be an https address\n/,
    );
    assert.match(said.stderr, /mies\.yaml:3 nam: is not a setting; did you mean name\?/);
    assert.match(said.stderr, /mies\.yaml:8 themes: is not a setting; did you mean theme\?/);
    assert.doesNotMatch(said.stderr, /planted/);
    assert.equal(await opened.operations.tenants.byKey('mies'), undefined);
  });

  test('refuses another issuer, a taken one, the configuration’s tenant and http', async () => {
    await apply('wim');
    for (const [content, reason] of [
      [
        describing('wim').replace('wim.example', 'elders.example'),
        /^Tenant wim belongs to https:\/\/wim\.example and never moves/,
      ],
      [
        describing('zus').replace('zus.example', 'wim.example'),
        /^Another tenant has the issuer https:\/\/wim\.example/,
      ],
      [describing('default'), /^Tenant default has its settings in the configuration/],
      [
        describing('zus').replace('https://zus.example', 'http://zus.localhost'),
        /^The issuer must be https; unsafe\.plainHttp/,
      ],
    ] as const) {
      const said = await run('tenant', 'apply', '--file', file('refused.yaml', content));
      assert.deepEqual([said.exit, said.stdout], [1, '']);
      assert.match(said.stderr, reason);
    }
    assert.equal(await opened.operations.tenants.byKey('zus'), undefined);
  });

  test('tells every method that this installation can not do, and keeps nothing of such a tenant', async () => {
    const impossible = 'secondStep: { methods: [sms, totp, carrier-pigeon] }';
    for (const said of [
      await apply('kees', impossible),
      await say(undefined, ['tenant', 'apply', '--file', file('kees.yaml', describing('kees', impossible))], {
        holder,
      }),
    ]) {
      assert.deepEqual([said.exit, said.stdout], [1, '']);
      const cannot = 'which this installation can not do (it can: webauthn, totp)';
      assert.equal(
        said.stderr,
        `The tenant has 2 faults:\n  secondStep.methods: names sms, ${cannot}\n  secondStep.methods: names carrier-pigeon, ${cannot}\n`,
      );
    }
    assert.equal(await opened.operations.tenants.byKey('kees'), undefined);
    assert.equal(outcomeOf(await apply('kees', 'secondStep: { methods: [totp] }')), 'created');
    const required = await apply('kees', 'secondStep: { required: [sms] }');
    assert.match(required.stderr, /secondStep\.required: names sms/);
    const shown = JSON.parse((await run('tenant', 'show', 'kees', '--json')).stdout);
    assert.deepEqual(shown.settings.secondStep.methods, ['totp'], 'as it was');
  });

  test('a file that is not there is a refusal, no file a wrong call', async () => {
    const said = await run('tenant', 'apply', '--file', '/gone.yaml');
    assert.deepEqual([said.exit, said.stderr], [1, "Can't read /gone.yaml: it does not exist.\n"]);
    assert.equal((await run('tenant', 'apply')).exit, 2);
  });

  test('reads standard input, and runs inside the process that holds the stores', async () => {
    const piped = await say(opened.operations, ['tenant', 'apply', '--file', '-'], {
      stdin: describing('jet'),
    });
    assert.match(piped.stdout, /^Created jet/);
    const path = file('far.yaml', describing('vlakbij'));
    const far = await say(undefined, ['tenant', 'apply', '--file', path, '--json'], { holder });
    assert.equal(outcomeOf(far), 'created', far.stderr);
    assert.equal((await opened.operations.tenants.byKey('vlakbij'))?.issuer, 'https://vlakbij.example');
  });
});

describe('tenant list and show', () => {
  test('show the configuration’s tenant with its settings, and page through all', async () => {
    await apply('zaan');
    const first = JSON.parse((await run('tenant', 'list', '--limit', '1', '--json')).stdout);
    assert.equal(first.tenants.length, 1);
    const rest = JSON.parse((await run('tenant', 'list', '--after', first.next, '--json')).stdout);
    const byKey = new Map([...first.tenants, ...rest.tenants].map((tenant) => [tenant.key, tenant]));
    assert.equal(byKey.get('default').source, 'configuration');
    assert.equal(byKey.get('default').settings.name, opened.operations.tenant.settings.name);
    assert.equal(byKey.get('zaan').settings.name, 'Organisatie zaan');
    assert.match(
      (await run('tenant', 'list')).stdout,
      /^zaan +Organisatie zaan +https:\/\/zaan\.example +database$/m,
    );
    assert.match((await run('tenant', 'show', 'zaan')).stdout, /^helpDesk\.email +helpdesk@zaan\.example$/m);
  });
});

describe('--tenant', () => {
  const create = (name: string, more: readonly string[], options: Parameters<typeof say>[2] = {}) =>
    say(
      options.holder === undefined ? opened.operations : undefined,
      ['user', 'create', name, '--given-name', 'Jo', '--family-name', 'Jansen', '--password-stdin', ...more],
      { stdin: PASSWORD, ...options },
    );
  const far = ['--tenant', 'verre'];

  before(() => apply('verre'));

  test('people of one tenant are not there for another, also in the process that holds the stores', async () => {
    assert.equal((await create('jo', far)).exit, 0);
    assert.equal((await create('jo', far)).exit, 1, 'taken there');
    assert.equal((await run('user', 'show', 'jo')).exit, 1, 'nobody here');
    assert.equal((await create('jo', [])).exit, 0, 'free here');
    assert.equal((await create('piet', far, { holder })).exit, 0);
    assert.match((await run('user', 'list', ...far)).stdout, /^piet /m);
    assert.doesNotMatch((await run('user', 'list')).stdout, /^piet /m);
    const disabled = await say(undefined, ['user', 'disable', 'jo', ...far], { holder });
    assert.equal(disabled.exit, 0, disabled.stderr);
    assert.equal(JSON.parse((await run('user', 'show', 'jo', '--json')).stdout).status, 'active');
    assert.equal(JSON.parse((await run('user', 'show', 'jo', '--json', ...far)).stdout).status, 'disabled');
    assert.equal((await run('user', 'enable', 'jo', ...far)).exit, 0);
  });

  test('a disabled person loses what they have in that tenant', async () => {
    const account = JSON.parse((await run('user', 'show', 'jo', '--json', ...far)).stdout);
    const tenant = await opened.operations.tenants.byKey('verre');
    const session = { tenantId: tenant?.id ?? '', model: 'Session', id: 'one', payload: {}, expiresIn: 60 };
    await opened.artifacts.upsert({ ...session, uid: 'one', accountId: account.id });
    const said = JSON.parse((await run('user', 'disable', 'jo', '--json', ...far)).stdout);
    assert.deepEqual(said.ended, { sessions: 1, grants: 0 });
  });

  test('applications of one tenant are not another’s, and the configuration’s are only its own', async () => {
    const add = ['client', 'add', '--id', 'from-file', '--redirect-uri', 'https://a.example/cb', '--public'];
    assert.equal((await run(...add)).exit, 1, 'the configuration has it');
    assert.equal((await run(...add, ...far)).exit, 0, 'it has it for its own tenant only');
    const { clients } = JSON.parse((await run('client', 'list', '--json', ...far)).stdout);
    assert.deepEqual(
      clients.map((client: { client_id: string; source: string }) => [client.client_id, client.source]),
      [['from-file', 'registered']],
    );
    assert.equal((await run('client', 'remove', 'from-file', ...far)).exit, 0);
  });

  test('a key that is nobody’s is told with the nearest one', async () => {
    assert.equal(
      (await run('user', 'list', '--tenant', 'vere')).stderr,
      'There is no tenant vere; did you mean verre?\n',
    );
    assert.equal(
      (await run('user', 'list', '--tenant', 'defualt')).stderr,
      'There is no tenant defualt; did you mean default?\n',
    );
    assert.equal(
      (await run('tenant', 'show', 'zoetermeer')).stderr,
      'There is no tenant zoetermeer; `tenant list` shows all.\n',
    );
    assert.equal((await run('client', 'list', '--tenant', 'default')).exit, 0);
  });

  test('a tenant of another configuration is left to that one', async () => {
    await opened.operations.tenants.ensure('elders', 'https://elders.example');
    const said = await run('user', 'list', '--tenant', 'elders');
    assert.deepEqual(
      [said.exit, said.stderr],
      [1, 'Tenant elders belongs to another configuration; run this with that one.\n'],
    );
  });
});
