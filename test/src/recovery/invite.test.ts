import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { endOfSuite } from '../../support/postgres.ts';
import { createRecoveryBench, NEW, onlyWay } from './recovery-bench.ts';

const DAY = 24 * 3_600_000;

describe('an invitation', async () => {
  const ending = endOfSuite();
  const bench = await createRecoveryBench(ending);
  const { invite, recovery, browser, durable, tenant, clock } = bench;
  let people = 0;

  const newcomer = () => {
    people += 1;
    const email = `nieuw${people}@example.org`;
    return bench.addPerson(`nieuw${people}`, { email, verified: false, password: undefined });
  };
  const statusOf = async (id: string) => (await durable.links.invitation(tenant.id, id, clock.now()))?.status;

  test('leads to a first password, proves the address, and is told of how far it got', async () => {
    const account = await newcomer();
    const expiresAt = clock.now() + tenant.settings.recovery.invitationDays * DAY;
    assert.deepEqual(await invite(tenant, account), { kind: 'invited', again: false, expiresAt });
    assert.equal(await statusOf(account.id), 'sent');
    const mails = await bench.work();
    assert.equal(mails[0]?.to, account.email);
    assert.match(mails[0]?.text ?? '', new RegExp(account.loginName));
    const { token } = onlyWay(mails);
    assert.deepEqual(await recovery.landing(browser(), token), { purpose: 'invitation' });
    assert.equal(await statusOf(account.id), 'opened');
    const outcome = await recovery.spendLink(browser(), token);
    assert.ok(outcome.kind === 'spent');
    const done = await recovery.setPassword(browser(outcome.flowId), NEW);
    assert.deepEqual(done, { step: 'done', purpose: 'invitation', loginName: account.loginName });
    assert.equal(await statusOf(account.id), 'active');
    assert.equal((await durable.accounts.findById(tenant.id, account.id))?.emailVerified, true);
    assert.deepEqual(bench.told.at(-1), { accountId: account.id, what: 'password-made' });
  });

  test('can be taken by its code as well', async () => {
    const account = await newcomer();
    await invite(tenant, account);
    const { code } = onlyWay(await bench.work());
    const outcome = await recovery.spendCode(browser(), { typed: account.loginName, code });
    assert.ok(outcome.kind === 'spent');
    assert.equal((await recovery.setPassword(browser(outcome.flowId), NEW)).step, 'done');
    assert.equal((await durable.accounts.findById(tenant.id, account.id))?.emailVerified, true);
  });

  test('ends the one before, and is no way in once it is too old', async () => {
    const account = await newcomer();
    await invite(tenant, account);
    const first = onlyWay(await bench.work());
    const again = await invite(tenant, account);
    assert.ok(again.kind === 'invited' && again.again);
    const second = onlyWay(await bench.work());
    assert.deepEqual(await recovery.spendLink(browser(), first.token), { kind: 'dead' });
    clock.advance(tenant.settings.recovery.invitationDays * DAY);
    assert.equal(await recovery.landing(browser(), second.token), undefined);
    assert.deepEqual(await recovery.spendLink(browser(), second.token), { kind: 'dead' });
    assert.equal(await statusOf(account.id), 'expired');
  });

  test('is refused to who has a password, has no address, or may not get in', async () => {
    const invited = async (loginName: string, options: Parameters<typeof bench.addPerson>[1]) =>
      (await invite(tenant, await bench.addPerson(loginName, options))).kind;
    assert.equal(await invited('oud', { email: 'oud@example.org' }), 'has-password');
    assert.equal(await invited('zonder', { password: undefined }), 'no-address');
    const closed = await newcomer();
    await durable.accounts.setDisabled(tenant.id, closed.id, clock.now());
    assert.equal((await invite(tenant, closed)).kind, 'closed');
    assert.deepEqual(await bench.work(), []);
  });
});
