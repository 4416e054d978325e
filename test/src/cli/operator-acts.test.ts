import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { AuditRecord } from '#src/audit/ports.ts';
import { openControlServer } from '#src/cli/control-server.ts';
import type { Operations } from '#src/cli/operations.ts';
import { createControlledRun } from '#src/cli/run-command.ts';
import { AppError } from '#src/errors.ts';
import { endOfSuite } from '../../support/postgres.ts';
import { type OpenedOperations, openTestOperations, PASSWORD, type SayOptions, say } from './command-line.ts';
import { accountNamed } from './people.ts';

const folder = mkdtempSync(join(tmpdir(), 'poortwachter-test-'));
after(() => rmSync(folder, { recursive: true }));

const WHO = ['--by', 'anne'];
const WHY = ['--reason', 'as agreed on Monday'];
const NAMES = ['--given-name', 'Jo', '--family-name', 'Jansen', '--email', 'jo@example.nl'];
const CLIENT = ['--name', 'Absence', '--redirect-uri', 'https://absence.example/callback'];

/** A tenant as a file describes it. */
function described(key: string, name = 'Noord'): string {
  return JSON.stringify({
    issuer: `https://${key}.example`,
    key,
    name,
    productName: name,
    applicationName: name,
    initiateLoginUri: `https://absence.${key}.example/login`,
    helpDesk: { phone: '0900 1234' },
    secondStep: { methods: ['totp'] },
  });
}

describe('what an operator does', () => {
  const ending = endOfSuite();
  let opened: OpenedOperations;
  before(async () => {
    opened = await openTestOperations(ending);
  });

  const tenantIdOf = async (key: string) => (await opened.operations.tenants.byKey(key))?.id ?? '';
  const all = async (tenantId = opened.operations.tenant.id): Promise<AuditRecord[]> =>
    opened.operations.audit.page(tenantId, { after: 0, limit: 1_000 });
  const done = async (argv: readonly string[], options: SayOptions = {}) => {
    const said = await say(opened.operations, [...argv, ...WHO, ...WHY, '--json'], options);
    assert.equal(said.exit, 0, said.stderr);
    return JSON.parse(said.stdout);
  };
  /** What a command wrote, without what every act has, which is looked at here. */
  const written = async (tenantId: string | undefined, from: number) => {
    const records = (await all(tenantId)).slice(from);
    for (const { actor, reason, outcome, reference, address } of records) {
      assert.deepEqual([actor, reason, outcome], [{ kind: 'operator', id: 'anne' }, WHY[1], 'success']);
      assert.match(String(reference), /^\w{4}-\w{4}$/);
      assert.equal(address, undefined);
    }
    return records.map(({ event, subject, client, detail }) => [event, subject ?? client, detail]);
  };
  const create = (loginName: string) =>
    done(['user', 'create', loginName, ...NAMES, '--password-stdin'], { stdin: PASSWORD });

  test('with an account is recorded under its id, with who and why, and without a name of the person', async () => {
    const from = (await all()).length;
    await create('j.acts');
    const { id } = await accountNamed(opened, 'j.acts');
    await done(['user', 'disable', 'j.acts']);
    await done(['user', 'disable', 'j.acts']);
    await done(['user', 'enable', 'j.acts']);
    const ended = { sessions: 0, grants: 0 };
    assert.deepEqual(await written(undefined, from), [
      ['user.created', id, {}],
      ['user.disabled', id, { changed: true, ...ended }],
      ['user.disabled', id, { changed: false, ...ended }],
      ['user.enabled', id, { changed: true }],
    ]);
    const text = JSON.stringify((await all()).slice(from));
    for (const secret of ['j.acts', 'Jansen', 'jo@example.nl', PASSWORD]) assert.ok(!text.includes(secret));
  });

  test('with an application is recorded under its client_id, without its secret', async () => {
    const from = (await all()).length;
    const { client_id: id, client_secret: secret } = await done(['client', 'add', ...CLIENT]);
    await done(['client', 'remove', id]);
    assert.deepEqual(await written(undefined, from), [
      ['client.added', id, {}],
      ['client.removed', id, {}],
    ]);
    assert.ok(!JSON.stringify(await all()).includes(secret));
  });

  test('with an organisation is in its own log, but for settings that it had already', async () => {
    const from = (await all()).length;
    const apply = (name?: string) =>
      done(['tenant', 'apply', '--file', '-'], { stdin: described('noord', name) });
    for (const name of ['Noord', 'Noord', 'Noorderland']) await apply(name);
    assert.deepEqual(await written(await tenantIdOf('noord'), 0), [
      ['tenant.applied', undefined, { tenant: 'noord', change: 'created' }],
      ['tenant.applied', undefined, { tenant: 'noord', change: 'changed' }],
    ]);
    assert.equal((await all()).length, from);
  });

  test('with keys of an organisation is in its log; with those of the installation in the configuration’s', async () => {
    await done(['tenant', 'apply', '--file', '-'], { stdin: described('zuid') });
    const zuid = await tenantIdOf('zuid');
    const of = ['--tenant', 'zuid'];
    await done(['keys', 'rotate', '--kind', 'ec', ...of]);
    const [theirs, ours] = [(await all(zuid)).length, (await all()).length];
    const rotated = async (...argv: string[]) =>
      (await done(['keys', 'rotate', ...argv, ...of])).rotated.map(({ kid }: { kid: string }) => kid);
    const [kid, ...more] = await rotated('--kind', 'ec', '--now', '--no-wait');
    assert.deepEqual(more, []);
    const withdrawn = await done(['keys', 'withdraw', kid, '--yes', '--no-wait', ...of]);
    const cookies = await rotated('--purpose', 'cookie');
    const [cookie = ''] = cookies;
    await done(['keys', 'withdraw', cookie, '--yes', '--no-wait', ...of]);
    // It waits already: nothing is made.
    const from = (await all(zuid)).length;
    await done(['keys', 'rotate', '--kind', 'rsa', ...of]);
    await done(['keys', 'rotate', '--kind', 'rsa', ...of]);
    assert.equal((await all(zuid)).length, from + 1);
    assert.deepEqual((await written(zuid, theirs)).slice(0, 2), [
      ['keys.rotated', undefined, { purpose: 'signing', keys: [kid], inHaste: true }],
      ['key.withdrawn', undefined, { purpose: 'signing', key: kid, successor: withdrawn.successor.kid }],
    ]);
    const [rotation, withdrawal, ...rest] = await written(undefined, ours);
    assert.deepEqual(rotation, [
      'keys.rotated',
      undefined,
      { purpose: 'cookie', keys: cookies, inHaste: false },
    ]);
    assert.deepEqual(withdrawal?.[0], 'key.withdrawn');
    assert.deepEqual(rest, []);
    const secrets = await opened.keySecrets();
    const text = JSON.stringify([...(await all()), ...(await all(zuid))]);
    for (const secret of secrets) assert.ok(!text.includes(secret));
  });

  test('without --reason is recorded without one, with the name at the operating system', async () => {
    await create('j.silent');
    const said = await say(opened.operations, ['user', 'disable', 'j.silent']);
    assert.equal(said.exit, 0, said.stderr);
    const last = (await all()).at(-1);
    assert.deepEqual(
      [last?.event, last?.reason, last?.actor],
      ['user.disabled', undefined, { kind: 'operator', id: userInfo().username }],
    );
  });

  test('with a reason or a name that can not be one is refused before anything is done', async () => {
    for (const wrong of [
      ['--reason', ''],
      ['--reason', 'x'],
      ['--reason', 'right\u202Eleft'],
      ['--by', ''],
      ['--by', 'a'.repeat(101)],
    ]) {
      for (const argv of [
        ['user', 'create', 'j.wrong', ...NAMES, '--password-stdin'],
        ['user', 'disable', 'j.acts'],
        ['user', 'enable', 'j.acts'],
        ['client', 'add', ...CLIENT],
        ['client', 'remove', 'absence'],
        ['tenant', 'apply', '--file', '-'],
        ['keys', 'rotate'],
        ['keys', 'withdraw', 'a-key', '--yes'],
        ['keys', 'reseal'],
      ]) {
        // No stores: nothing could be done.
        const said = await say(undefined, [...argv, ...wrong], { stdin: PASSWORD });
        assert.equal(said.exit, 2, `${argv.join(' ')} ${wrong.join(' ')}: ${said.stderr}`);
      }
    }
  });

  test('is told as done only when it is recorded', async () => {
    await create('j.unrecorded');
    const settled = () => Promise.reject(new AppError('store-unavailable', 503, 'the log is away'));
    const operations: Operations = { ...opened.operations, trail: { settled } };
    const kid = (await done(['keys', 'rotate', '--now', '--no-wait', '--kind', 'okp'])).rotated[0].kid;
    for (const argv of [
      ['user', 'create', 'j.more', ...NAMES, '--password-stdin'],
      ['user', 'disable', 'j.unrecorded'],
      ['user', 'enable', 'j.unrecorded'],
      ['client', 'add', ...CLIENT, '--id', 'unrecorded'],
      ['client', 'remove', 'unrecorded'],
      ['keys', 'rotate', '--now', '--no-wait', '--kind', 'ec'],
      ['keys', 'withdraw', kid, '--yes', '--no-wait'],
      ['tenant', 'apply', '--file', '-'],
    ]) {
      const stdin = argv[0] === 'tenant' ? described('west') : PASSWORD;
      const said = await say(operations, argv, { stdin });
      assert.deepEqual([said.exit, said.stdout, said.stderr], [1, '', 'The log is away.\n'], argv.join(' '));
    }
  });

  test('in the process that holds the stores is recorded with whoever ran the command on this side', async () => {
    const holder = { pid: process.pid, socket: join(folder, 'control.sock') };
    await using _server = await openControlServer({
      path: holder.socket,
      run: createControlledRun(opened.operations),
    });
    const here = async (argv: readonly string[], stdin = '') => {
      const said = await say(undefined, argv, { holder, stdin });
      assert.equal(said.exit, 0, said.stderr);
      return said.stdout;
    };
    const from = (await all()).length;
    const me = userInfo().username;
    await here(['user', 'create', 'j.held', ...NAMES, '--password-stdin', ...WHO, ...WHY], PASSWORD);
    await here(['user', 'disable', 'j.held', ...WHY]);
    await here(['user', 'enable', 'j.held', ...WHO]);
    await here(['client', 'add', ...CLIENT, '--id', 'held', ...WHO, ...WHY]);
    await here(['client', 'remove', ...WHO, '--', 'held']);
    await here(['tenant', 'apply', '--file', '-', ...WHO, ...WHY], described('oost'));
    await here(['keys', 'rotate', '--kind', 'rsa', ...WHO, ...WHY]);
    const { id } = await accountNamed(opened, 'j.held');
    const told = ({ event, actor, reason, subject, client }: AuditRecord) => [
      ...[event, 'id' in actor ? actor.id : '', reason],
      ...[subject ?? client].filter((object) => object !== undefined),
    ];
    assert.deepEqual((await all()).slice(from).map(told), [
      ['user.created', 'anne', WHY[1], id],
      ['user.disabled', me, WHY[1], id],
      ['user.enabled', 'anne', undefined, id],
      ['client.added', 'anne', WHY[1], 'held'],
      ['client.removed', 'anne', undefined, 'held'],
      ['keys.rotated', 'anne', WHY[1]],
    ]);
    assert.deepEqual((await all(await tenantIdOf('oost'))).map(told), [['tenant.applied', 'anne', WHY[1]]]);
  });
});
