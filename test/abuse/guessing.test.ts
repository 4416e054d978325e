import assert from 'node:assert/strict';
import { before, describe, type TestContext, test } from 'node:test';
import { codeOf, keyIn } from '../support/authenticator.ts';
import { type Answer, Browser } from '../support/browser.ts';
import { type Installation, PASSWORD, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { beginSignIn, typePassword } from '../support/sign-in.ts';

const WRONG = 'a-wrong-password-of-some-length';
const wrongCode = (right: string) => (right === '000000' ? '000001' : '000000');

function stopClock(t: TestContext): (ms: number) => void {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  return (ms) => t.mock.timers.tick(ms);
}

/** Whether the page says that the person must wait. */
function waits(page: Answer): boolean {
  return page.body.includes('class="alert waiting"');
}

describe('guessing', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending);
  });

  /** Wrong passwords for a name, each in a sign-in and browser of its own. */
  const fail = async (loginName: string, times: number) => {
    for (let tries = 0; tries < times; tries += 1) {
      const { browser, page } = await beginSignIn(installation);
      const answer = await typePassword(browser, page, loginName, WRONG);
      assert.equal(answer.step, 'password');
      assert.equal(waits(answer), false, `try ${tries + 1}`);
    }
  };

  test('after five wrong passwords, in whatever browsers, the right one must wait 30 seconds', async (t) => {
    const tick = stopClock(t);
    await installation.createAccount({ loginName: 'doelwit', withApp: true });
    await fail('doelwit', 5);
    const { browser, page } = await beginSignIn(installation);
    const refused = await typePassword(browser, page, 'doelwit');
    assert.equal(refused.step, 'password');
    assert.equal(waits(refused), true);
    tick(29_000);
    assert.equal((await typePassword(browser, refused, 'doelwit')).step, 'password');
    tick(1_000);
    assert.equal((await typePassword(browser, refused, 'doelwit')).step, 'second-step');
  });

  test('starting over, another browser or another spelling never resets the count', async (t) => {
    stopClock(t);
    await installation.createAccount({ loginName: 'volhouder', withApp: true });
    await fail('volhouder', 3);
    const { browser, page } = await beginSignIn(installation);
    await typePassword(browser, page, 'VOLHOUDER', WRONG);
    const over = await browser.follow(await browser.post(`${page.url}/start-over`, {}));
    assert.equal(over.step, 'password');
    await typePassword(browser, over, ' Volhouder ', WRONG);
    assert.equal(waits(await typePassword(browser, over, 'volhouder')), true);
  });

  test('wrong codes of one person count over all sign-ins, and a right password forgives none of them', async (t) => {
    const tick = stopClock(t);
    const { appData } = await installation.createAccount({ loginName: 'codes', withApp: true });
    const code = () => codeOf(keyIn(appData ?? ''));
    for (let tries = 0; tries < 5; tries += 1) {
      const { browser, page } = await beginSignIn(installation);
      const second = await typePassword(browser, page, 'codes');
      const answer = await browser.submit(second, { code: wrongCode(code()) });
      assert.equal(answer.step, 'second-step');
      assert.equal(waits(answer), false);
    }
    const { browser, page } = await beginSignIn(installation);
    const second = await typePassword(browser, page, 'codes');
    const refused = await browser.submit(second, { code: code() });
    assert.equal(refused.step, 'second-step');
    assert.equal(waits(refused), true);
    tick(30_000);
    const done = await browser.submit(refused, { code: code() });
    assert.match(done.location ?? '', /[?&]code=/);
  });

  test('one address that tries many names is stopped after thirty failures, others are not', async (t) => {
    stopClock(t);
    await installation.createAccount({ loginName: 'buurman', withApp: true });
    const sprayer = new Browser();
    const { page } = await beginSignIn(installation, sprayer);
    for (let tries = 0; tries < 30; tries += 1) {
      await sprayer.post(`${page.url}/password`, { login_name: `naam-${tries}`, password: WRONG });
    }
    const stopped = await typePassword(sprayer, page, 'buurman');
    assert.equal(stopped.step, 'password');
    assert.equal(waits(stopped), true);
    const { browser, page: free } = await beginSignIn(installation);
    assert.equal((await typePassword(browser, free, 'buurman')).step, 'second-step');
  });

  test('an address is what the trusted proxy says: headers of one’s own change nothing', async (t) => {
    stopClock(t);
    const address = '203.0.113.7';
    const { page } = await beginSignIn(installation, new Browser({ address }));
    const browser = new Browser({ address });
    const login = await beginSignIn(installation, browser);
    assert.ok(page.url);
    for (let tries = 0; tries < 30; tries += 1) {
      await browser.post(
        `${login.page.url}/password`,
        { login_name: `hop-${tries}`, password: WRONG },
        {
          'x-forwarded-for': `10.9.8.${tries}, ${address}`,
          'x-real-ip': `10.9.7.${tries}`,
          forwarded: 'for=10.1.1.1',
        },
      );
    }
    const stopped = await typePassword(browser, login.page, 'wie-dan-ook');
    assert.equal(waits(stopped), true);
  });

  test('fifty parallel wrong passwords are five tries', async (t) => {
    stopClock(t);
    await installation.createAccount({ loginName: 'parallel', withApp: true });
    const verify = t.mock.method(installation.running.composition.hasher, 'verify');
    const visits = await Promise.all(Array.from({ length: 10 }, () => beginSignIn(installation)));
    const tries = Array.from({ length: 50 }, (_, n) => {
      const visit = visits[n % visits.length];
      assert.ok(visit);
      return visit.browser.post(`${visit.page.url}/password`, {
        login_name: 'parallel',
        password: `${WRONG}-${n}`,
      });
    });
    for (const { status } of await Promise.all(tries)) assert.equal(status, 303);
    assert.equal(verify.mock.callCount(), 5);
  });

  test('a double click on the last free try costs nobody a right password', async (t) => {
    stopClock(t);
    await installation.createAccount({ loginName: 'dubbelklik', withApp: true });
    await fail('dubbelklik', 4);
    const { browser, page } = await beginSignIn(installation);
    await Promise.all([1, 2, 3].map(() => typePassword(browser, page, 'dubbelklik')));
    assert.equal((await browser.get(page.url)).step, 'second-step');
  });

  test('an empty form costs neither a hash nor a try', async (t) => {
    const verify = t.mock.method(installation.running.composition.hasher, 'verify');
    const { browser, page } = await beginSignIn(installation);
    for (const fields of [
      { login_name: '', password: PASSWORD },
      { login_name: '   ', password: PASSWORD },
      { login_name: 'doelwit', password: '' },
    ]) {
      assert.equal((await browser.submit(page, fields)).step, 'password');
    }
    assert.equal(verify.mock.callCount(), 0);
  });
});
