import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { secretHash } from '#src/secret/secret-hash.ts';
import { endOfSuite } from '../../support/postgres.ts';
import { type OpenedOperations, openTestOperations, say } from './command-line.ts';
import { accountNamed, addEmployee, lastEvent, waitingMessages } from './people.ts';

const ending = endOfSuite();
let opened: OpenedOperations;

before(async () => {
  opened = await openTestOperations(ending);
});

const DAY = 24 * 60 * 60_000;
const PERSON = ['--given-name', 'Jo', '--family-name', 'Jansen'] as const;

function invite(loginName: string, ...more: string[]) {
  return say(opened.operations, ['user', 'invite', loginName, ...more]);
}

function inviteNew(loginName: string, ...more: string[]) {
  return invite(loginName, ...PERSON, '--email', `${loginName}@example.nl`, ...more);
}

/** Whether the link in a mail works. */
async function works(text: string): Promise<boolean> {
  const token = /token=([\w-]+)/.exec(text)?.[1] ?? '';
  const { tenant, clock } = opened.operations;
  return (await opened.stores.links.find(tenant.id, secretHash(token), clock.now())) !== undefined;
}

async function statusOf(loginName: string) {
  const said = await say(opened.operations, ['user', 'show', loginName, '--json']);
  return JSON.parse(said.stdout).invitation;
}

describe('user invite', () => {
  test('adds a person without a password and mails login name and a link that works', async () => {
    const said = await inviteNew('m.new', '--role', 'hr', '--locale', 'en', '--by', 'm.desk');
    assert.equal(said.exit, 0, said.stderr);
    assert.match(said.stdout, /m\.new was added and is invited/);
    const account = await accountNamed(opened, 'm.new');
    const { id, emailVerified, locale, roles } = account;
    assert.deepEqual({ emailVerified, locale, roles }, { emailVerified: false, locale: 'en', roles: ['hr'] });
    const standing = await opened.operations.accounts.findStanding(opened.operations.tenant.id, id);
    assert.equal(standing?.hasPassword, false);
    const [mail] = await waitingMessages(opened);
    assert.equal(mail?.to, 'm.new@example.nl');
    assert.match(mail?.text ?? '', /m\.new/);
    assert.equal(await works(mail?.text ?? ''), true);
    const { event, actor, detail } = await lastEvent(opened, id);
    assert.deepEqual([event, actor], ['user.invited', { kind: 'operator', id: 'm.desk' }]);
    assert.equal(detail?.again, false);
  });

  test('for somebody without a password it is sent again, and the link before ends', async () => {
    await inviteNew('again');
    const [first] = await waitingMessages(opened);
    opened.clock.advance(DAY);
    const said = await invite('again');
    assert.match(said.stdout, /invited again; the link before ended/, said.stderr);
    const [second] = await waitingMessages(opened);
    assert.deepEqual([await works(first?.text ?? ''), await works(second?.text ?? '')], [false, true]);
    assert.equal((await lastEvent(opened, (await accountNamed(opened, 'again')).id)).detail?.again, true);
  });

  test('its link works for as long as the organisation says, and no longer', async () => {
    await inviteNew('late');
    const [mail] = await waitingMessages(opened);
    const days = opened.operations.tenant.settings.recovery.invitationDays;
    opened.clock.advance(days * DAY - 1);
    assert.equal(await works(mail?.text ?? ''), true);
    opened.clock.advance(1);
    assert.equal(await works(mail?.text ?? ''), false);
  });

  for (const [title, loginName, more, exit, reason] of [
    [
      'somebody new without name and address',
      'nobody-yet',
      [],
      2,
      /needs --given-name, --family-name and --email/,
    ],
    ['somebody new without address', 'nobody-yet', PERSON, 2, /--email/],
    ['a bad address', 'nobody-yet', [...PERSON, '--email', 'no'], 1, /--email must be an e-mail address/],
    ['an empty name of an operator', 'nobody-yet', ['--by', ''], 2, /--by must be a name/],
  ] as const) {
    test(`${title} is refused, and nobody is added`, async () => {
      const said = await invite(loginName, ...more);
      assert.equal(said.exit, exit, said.stderr);
      assert.match(said.stderr, reason);
      const { accounts, tenant } = opened.operations;
      assert.equal(await accounts.findByLoginName(tenant.id, loginName), undefined);
    });
  }

  test('what describes a person is refused for somebody who is there', async () => {
    await inviteNew('there');
    const said = await invite('THERE', '--email', 'other@example.nl');
    assert.equal(said.exit, 2);
    assert.match(said.stderr, /There is there already; leave out|there is there already; leave out/i);
    assert.equal((await accountNamed(opened, 'there')).email, 'there@example.nl');
  });

  test('who has a password is sent no invitation, and the way there is told', async () => {
    await addEmployee(opened, 'employee');
    await waitingMessages(opened);
    const said = await invite('employee');
    assert.equal(said.exit, 1);
    assert.match(said.stderr, /has a password already.*Wachtwoord aanvragen/);
    assert.deepEqual(await waitingMessages(opened), []);
  });

  test('who is disabled is sent no invitation', async () => {
    await inviteNew('gone');
    await say(opened.operations, ['user', 'disable', 'gone']);
    await waitingMessages(opened);
    const said = await invite('gone');
    assert.equal(said.exit, 1);
    assert.match(said.stderr, /gone is disabled; `user enable gone` first/i);
    assert.deepEqual(await waitingMessages(opened), []);
  });

  test('an installation without mail adds and invites nobody', async () => {
    const { operations } = opened;
    const mute = { ...operations, people: { ...operations.people, sendsMail: false } };
    const said = await say(mute, ['user', 'invite', 'mute', ...PERSON, '--email', 'mute@example.nl']);
    assert.equal(said.exit, 1);
    assert.match(said.stderr, /sends no mail/);
    assert.equal(await operations.accounts.findByLoginName(operations.tenant.id, 'mute'), undefined);
  });
});

describe('the status of an invitation', () => {
  test('is told by show and list: sent, opened, active', async () => {
    const started = opened.clock.now();
    await inviteNew('s.tatus');
    const { tenant, clock } = opened.operations;
    const { id } = await accountNamed(opened, 's.tatus');
    const iso = (at: number) => new Date(at).toISOString();
    const sent = { status: 'sent', sentAt: iso(started), openedAt: null, usedAt: null };
    const { expiresAt, ...told } = await statusOf('s.tatus');
    assert.deepEqual(told, sent);
    assert.equal(expiresAt, iso(started + tenant.settings.recovery.invitationDays * DAY));
    const found = await opened.stores.links.invitation(tenant.id, id, clock.now());
    await opened.stores.links.opened(tenant.id, found?.link.id ?? '', clock.now());
    assert.equal((await statusOf('s.tatus')).status, 'opened');
    const [mail] = await waitingMessages(opened);
    const token = /token=([\w-]+)/.exec(mail?.text ?? '')?.[1] ?? '';
    await opened.stores.links.spend(tenant.id, secretHash(token), 'browser', clock.now());
    const change = { hash: 'hash', at: clock.now(), provesEmail: undefined };
    await opened.operations.accounts.changePassword(tenant.id, id, change);
    assert.equal((await statusOf('s.tatus')).status, 'active');
    const list = await say(opened.operations, ['user', 'list', '--limit', '1000']);
    assert.match(list.stdout, /^s\.tatus .* active +active /m);
  });

  test('is expired when nobody used it in time', async () => {
    await inviteNew('slow');
    opened.clock.advance(30 * DAY);
    assert.equal((await statusOf('slow')).status, 'expired');
    assert.match(
      (await say(opened.operations, ['user', 'show', 'slow'])).stdout,
      /Invitation +sent .*, not used; ended/,
    );
  });

  test('is none for who was never invited', async () => {
    await addEmployee(opened, 'uninvited');
    assert.equal(await statusOf('uninvited'), null);
    assert.match((await say(opened.operations, ['user', 'show', 'uninvited'])).stdout, /Invitation +none/);
  });
});

describe('user invite of another organisation', () => {
  test('reaches its people, and mails a link of its own address', async () => {
    const { operations } = opened;
    const issuer = 'https://login.noord.example';
    const { key: _key, ...settings } = operations.tenant.settings;
    const file = JSON.stringify({ issuer, key: 'noord', ...settings });
    const applied = await say(operations, ['tenant', 'apply', '--file', '-'], { stdin: file });
    assert.equal(applied.exit, 0, applied.stderr);
    await waitingMessages(opened);
    const said = await inviteNew('n.oord', '--tenant', 'noord');
    assert.equal(said.exit, 0, said.stderr);
    const [mail] = await waitingMessages(opened);
    assert.ok(mail?.text.includes(`${issuer}/recover/link?token=`), mail?.text);
    assert.equal(await operations.accounts.findByLoginName(operations.tenant.id, 'n.oord'), undefined);
  });
});
