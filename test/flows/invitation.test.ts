import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { say } from '../src/cli/command-line.ts';
import { codeOf, keyOn } from '../support/authenticator.ts';
import { Browser } from '../support/browser.ts';
import { createTestClock } from '../support/clock.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { untilSent } from '../support/second-steps.ts';
import { beginSignIn, typePassword } from '../support/sign-in.ts';

const PASSWORD = 'zeven-Tulpen-in-de-regen-9';
const DAY = 24 * 60 * 60_000;

describe('an invitation', () => {
  const ending = endOfSuite();
  const clock = createTestClock(Date.now());
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending, { clock, replicas: 1 });
  });

  const addressOf = (loginName: string) => `${loginName}@voorbeeld.example`;
  const command = async (...argv: string[]) => {
    const said = await say(installation.running.composition.operations, argv);
    assert.equal(said.exit, 0, said.stderr);
    return said.stdout;
  };
  const mailsTo = (loginName: string) =>
    installation.outbox.messages().filter(({ to }) => to === addressOf(loginName));
  /** Gives the command, waits for its mail, and answers the link and the code in it. */
  const invite = async (loginName: string, ...more: string[]) => {
    const before = mailsTo(loginName).length;
    await command('user', 'invite', loginName, ...more);
    await untilSent(() => mailsTo(loginName).length > before);
    const text = mailsTo(loginName)[0]?.text ?? '';
    const link =
      /^(http\S+\/recover\/link\?token=\S+)$/m.exec(text)?.[1] ?? assert.fail(`no link in ${text}`);
    return { text, link };
  };
  const inviteNew = (loginName: string) =>
    invite(loginName, '--given-name', 'Jo', '--family-name', 'Jansen', '--email', addressOf(loginName));
  const statusOf = async (loginName: string) =>
    JSON.parse(await command('user', 'show', loginName, '--json')).invitation.status;

  test('leads from the mail over a button and a first password into the wizard, and in', async () => {
    const { text, link } = await inviteNew('nieuw');
    assert.match(text, /\bnieuw\b/);
    assert.equal(await statusOf('nieuw'), 'sent');
    const browser = new Browser();
    const landing = await browser.open(link);
    assert.equal(landing.step, 'recover-link');
    assert.equal(await statusOf('nieuw'), 'opened');
    const fresh = await browser.press(landing, 'continue');
    assert.equal(fresh.step, 'new-password');
    const done = await browser.press(fresh, 'save', { password: PASSWORD });
    assert.equal(done.step, 'recover-done');
    assert.equal(await statusOf('nieuw'), 'active');
    const shown = JSON.parse(await command('user', 'show', 'nieuw', '--json'));
    assert.equal(shown.emailVerified, true, 'the link proved the address');

    const { page, party, request } = await beginSignIn(installation, browser);
    const setUp = await typePassword(browser, page, 'nieuw', PASSWORD);
    assert.equal(setUp.step, 'enrol-app', 'a password alone lets nobody in');
    const answer = await browser.submit(setUp, { code: codeOf(keyOn(setUp), clock.now()) });
    const tokens = await party.finish(request, answer.location);
    assert.deepEqual(tokens.claims()?.amr, ['pwd', 'otp', 'mfa']);
  });

  test('that is opened by a scanner, by GET or HEAD, is spent by nobody', async () => {
    const { link } = await inviteNew('scanner');
    for (const method of ['HEAD', 'GET', 'GET']) await new Browser().send(link, { method });
    const browser = new Browser();
    assert.equal((await browser.press(await browser.open(link), 'continue')).step, 'new-password');
  });

  test('that is sent again ends the link before', async () => {
    const first = await inviteNew('opnieuw');
    const second = await invite('opnieuw');
    assert.equal((await new Browser().open(first.link)).step, 'recover-dead');
    assert.equal((await new Browser().open(second.link)).step, 'recover-link');
  });

  test('works once: in another browser it is dead after its button was pressed', async () => {
    const { link } = await inviteNew('eenmaal');
    const browser = new Browser();
    await browser.press(await browser.open(link), 'continue');
    assert.equal((await new Browser().open(link)).step, 'recover-dead');
  });

  test('that is too old says so, names the help desk, and the next one works', async () => {
    const { link } = await inviteNew('te-laat');
    const browser = new Browser();
    const landing = await browser.open(link);
    assert.equal(landing.step, 'recover-link');
    const { invitationDays } = installation.running.composition.tenant.settings.recovery;
    clock.advance(invitationDays * DAY);
    assert.equal((await browser.press(landing, 'continue')).step, 'recover-dead', 'a button that waited');
    const dead = await new Browser().open(link);
    assert.equal(dead.step, 'recover-dead');
    const { helpDesk } = installation.running.composition.tenant.settings;
    assert.ok(dead.body.includes(helpDesk.email ?? helpDesk.phone ?? '?'));
    assert.equal(await statusOf('te-laat'), 'expired');
    const again = await invite('te-laat');
    assert.equal((await new Browser().open(again.link)).step, 'recover-link');
  });

  test('is refused once there is a password, and the person is told nothing', async () => {
    await installation.createAccount({ loginName: 'heeft-al', email: addressOf('heeft-al') });
    const operations = installation.running.composition.operations;
    const said = await say(operations, ['user', 'invite', 'heeft-al']);
    assert.equal(said.exit, 1);
    assert.deepEqual(mailsTo('heeft-al'), []);
  });
});

describe('the second step after a reset by an operator', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending, { replicas: 1 });
  });

  test('is set up anew at the next sign-in, at the methods, and the person is told', async () => {
    const email = 'reset@voorbeeld.example';
    await installation.createAccount({ loginName: 'reset', email, withApp: true });
    const { operations } = installation.running.composition;
    const argv = ['user', 'reset-second-step', 'reset', '--reason', 'phone stolen'];
    assert.equal((await say(operations, argv)).exit, 0);
    await untilSent(() => installation.outbox.messages().some(({ to }) => to === email));
    const { browser, page } = await beginSignIn(installation);
    assert.equal((await typePassword(browser, page, 'reset')).step, 'enrol-app');
  });
});
