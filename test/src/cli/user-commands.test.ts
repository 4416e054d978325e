import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { canonicalLoginName } from '#src/account/login-name.ts';
import { endOfSuite } from '../../support/postgres.ts';
import { type OpenedOperations, openTestOperations, PASSWORD, say } from './command-line.ts';

const ending = endOfSuite();
let opened: OpenedOperations;

before(async () => {
  opened = await openTestOperations(ending);
});

function create(loginName: string, more: readonly string[] = [], stdin = PASSWORD) {
  const argv = [
    'user',
    'create',
    loginName,
    '--given-name',
    'Jo',
    '--family-name',
    'Jansen',
    '--password-stdin',
  ];
  return say(opened.operations, [...argv, ...more], { stdin });
}

async function signInAccount(loginName: string) {
  const { accounts, tenant } = opened.operations;
  return accounts.findForSignIn(tenant.id, { canonical: canonicalLoginName(loginName), email: undefined });
}

describe('user create', () => {
  test('adds a person who can sign in with the password from standard input', async () => {
    const said = await create(
      'J.Vermeer',
      ['--role', 'hr', '--role', 'manager', '--phone', '06 12345678', '--json'],
      `${PASSWORD}\n`,
    );
    assert.equal(said.exit, 0, said.stderr);
    const found = await signInAccount('j.vermeer');
    assert.deepEqual(await opened.operations.hasher.verify(found?.passwordHash, PASSWORD), {
      ok: true,
      outdated: false,
    });
    const { id, createdAt, ...shown } = JSON.parse(said.stdout);
    assert.equal(id, found?.account.id);
    assert.equal(new Date(createdAt).toISOString(), createdAt);
    assert.deepEqual(shown, {
      loginName: 'J.Vermeer',
      givenName: 'Jo',
      familyName: 'Jansen',
      email: null,
      emailVerified: false,
      phone: '+31612345678',
      phoneVerified: false,
      locale: 'nl',
      roles: ['hr', 'manager'],
      status: 'active',
      disabledAt: null,
      suspendedAt: null,
      invitation: null,
    });
  });

  test('never prints the password, whatever happens', async () => {
    for (const [name, password] of [
      ['silent', PASSWORD],
      ['silent', PASSWORD],
      ['other', 'te-kort'],
      ['two words', PASSWORD],
    ] as const) {
      const said = await create(name, [], password);
      assert.ok(!`${said.stdout}${said.stderr}`.includes(password), said.stderr);
    }
  });

  test('a password as an argument is refused before anything is done with it', async () => {
    for (const argument of [['--password', PASSWORD], [`--password=${PASSWORD}`]]) {
      const said = await create('leaky', argument);
      assert.equal(said.exit, 2);
      assert.match(said.stderr, /can not be an argument/);
      assert.ok(!said.stderr.includes(PASSWORD));
    }
    assert.equal(await signInAccount('leaky'), undefined);
  });

  test('without a terminal and without --password-stdin it says what is missing', async () => {
    const said = await say(
      opened.operations,
      ['user', 'create', 'a', '--given-name', 'A', '--family-name', 'B'],
      { stdin: PASSWORD },
    );
    assert.equal(said.exit, 2);
    assert.match(said.stderr, /--password-stdin/);
  });

  for (const [title, name, more, password, reason] of [
    ['a login name with a space', 'j jansen', [], PASSWORD, 'has a character that login names can not have'],
    ['a login name in two scripts', 'jаnsen', [], PASSWORD, 'mixes scripts'],
    [
      "somebody else's address as login name",
      'jo@example.nl',
      ['--email', 'other@example.nl'],
      PASSWORD,
      'must be the same as --email',
    ],
    ['a bad e-mail address', 'person', ['--email', 'no'], PASSWORD, '--email must be an e-mail address'],
    ['a bad phone number', 'person', ['--phone', '12'], PASSWORD, '--phone must be a phone number'],
    ['a role with capitals', 'person', ['--role', 'HR'], PASSWORD, '--role must be lower-case'],
    ['a proof of nothing', 'person', ['--email-verified'], PASSWORD, '--email-verified needs --email'],
    ['a short password', 'person', [], 'kort', 'The password has fewer than 12 characters'],
    ['a password made of names', 'person', [], 'jansen-Example-1', 'is made of names around this person'],
    ['no password', 'person', [], '\n', 'Standard input holds no password'],
    ['an endless password', 'person', [], 'x'.repeat(70_000), 'more than 64 KiB'],
  ] as const) {
    test(`${title} is refused with one sentence`, async () => {
      const said = await create(name, more, password);
      assert.equal(said.exit, 1);
      assert.equal(said.stdout, '');
      assert.ok(said.stderr.includes(reason), said.stderr);
      assert.equal(said.stderr.split('\n').length, 2, said.stderr);
    });
  }

  test('all that is wrong with a person is told at once', async () => {
    const { stderr } = await create('a b', ['--email', 'no', '--role', 'HR']);
    for (const part of ['login name', '--email', '--role']) assert.ok(stderr.includes(part), stderr);
  });

  test('a login name is given once, whatever its capitals', async () => {
    assert.equal((await create('Taken')).exit, 0);
    const said = await create('tAKEN');
    assert.equal(said.exit, 1);
    assert.match(said.stderr, /somebody has this login name already/i);
  });
});

describe('user show and list', () => {
  test('find a login name whatever its capitals', async () => {
    await create('Shown', ['--email', 'shown@example.nl', '--email-verified']);
    const said = await say(opened.operations, ['user', 'show', 'SHOWN']);
    assert.match(said.stdout, /^Login name {2}Shown$/m);
    assert.match(said.stdout, /^E-mail {6}shown@example\.nl \(proved\)$/m);
  });

  test('a name can not move the cursor or turn the line', async () => {
    await create('plain', ['--given-name', 'Jo']);
    const { accounts, tenant } = opened.operations;
    await accounts.create({
      tenantId: tenant.id,
      loginName: 'escape',
      loginNameCanonical: 'escape',
      passwordHash: undefined,
      givenName: '\u001b[2J\u202e',
      familyName: 'x\ny',
      email: undefined,
      emailVerified: false,
      phone: undefined,
      phoneVerified: false,
      locale: 'nl',
      roles: [],
    });
    for (const argv of [
      ['user', 'list'],
      ['user', 'show', 'escape'],
    ]) {
      const { stdout } = await say(opened.operations, argv);
      assert.ok(stdout.includes('\\u{1b}[2J\\u{202e} x\\u{a}y'), stdout);
      assert.ok(!stdout.includes('\u001b') && !stdout.includes('\u202e'));
    }
  });

  test('pages of a list follow each other without gap or repeat', async () => {
    const all = JSON.parse((await say(opened.operations, ['user', 'list', '--json'])).stdout);
    assert.equal(all.next, null);
    const names: string[] = [];
    let after: string | null = null;
    do {
      const more: string[] = after === null ? [] : ['--after', after];
      const page = JSON.parse(
        (await say(opened.operations, ['user', 'list', '--limit', '2', '--json', ...more])).stdout,
      );
      names.push(...page.users.map((user: { loginName: string }) => user.loginName));
      after = page.next;
    } while (after !== null);
    assert.deepEqual(
      names,
      all.users.map((user: { loginName: string }) => user.loginName),
    );
    assert.ok(names.length > 4);
  });

  test('a page that goes on says how', async () => {
    const { stdout } = await say(opened.operations, ['user', 'list', '--limit', '1']);
    assert.match(stdout, /There are more: add --after escape/);
  });

  for (const limit of ['0', '1001', 'many', '1.5', '-1']) {
    test(`a page of ${limit} is a wrong call`, async () => {
      assert.equal((await say(opened.operations, ['user', 'list', '--limit', limit])).exit, 2);
    });
  }
});

describe('user disable and enable', () => {
  test('ends what the person is signed in to, and lets nobody else go', async () => {
    await create('leaver');
    await create('stayer');
    const { tenant } = opened.operations;
    for (const name of ['leaver', 'stayer']) {
      const accountId = (await signInAccount(name))?.account.id ?? '';
      const shared = { tenantId: tenant.id, payload: {}, expiresIn: 600, accountId };
      await opened.artifacts.upsert({
        ...shared,
        model: 'Session',
        id: `session-${name}`,
        uid: `uid-${name}`,
      });
      await opened.artifacts.upsert({ ...shared, model: 'Grant', id: `grant-${name}` });
    }
    const said = await say(opened.operations, ['user', 'disable', 'leaver', '--json']);
    const { changed, user, ended } = JSON.parse(said.stdout);
    assert.deepEqual(
      { changed, status: user.status, ended },
      { changed: true, status: 'disabled', ended: { sessions: 1, grants: 1 } },
    );
    assert.equal(user.disabledAt, new Date(opened.clock.now()).toISOString());
    assert.equal(await opened.artifacts.find(tenant.id, 'Session', 'session-leaver'), undefined);
    assert.notEqual(await opened.artifacts.find(tenant.id, 'Session', 'session-stayer'), undefined);
  });

  test('a second time changes nothing and says so', async () => {
    await create('twice');
    await say(opened.operations, ['user', 'disable', 'twice']);
    assert.match((await say(opened.operations, ['user', 'disable', 'twice'])).stdout, /was disabled already/);
    assert.match((await say(opened.operations, ['user', 'enable', 'twice'])).stdout, /may sign in again/);
    assert.match((await say(opened.operations, ['user', 'enable', 'twice'])).stdout, /was not disabled/);
    assert.equal((await signInAccount('twice'))?.account.disabledAt, undefined);
  });

  for (const command of ['show', 'disable', 'enable']) {
    test(`${command} of nobody is refused`, async () => {
      const said = await say(opened.operations, ['user', command, 'nobody-here']);
      assert.deepEqual(said, { exit: 1, stdout: '', stderr: 'Nobody has this login name.\n' });
    });
  }
});
