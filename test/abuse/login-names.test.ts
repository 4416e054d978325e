import assert from 'node:assert/strict';
import { before, describe, type TestContext, test } from 'node:test';
import { type Installation, PASSWORD, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { beginSignIn, typePassword } from '../support/sign-in.ts';

const WRONG = 'a-wrong-password-of-some-length';

describe('one login name in many spellings', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending);
  });

  /** The outcome of a try in a browser, an address and a sign-in of its own. */
  const tryOnce = async (loginName: string, password = WRONG) => {
    const { browser, page } = await beginSignIn(installation);
    const answer = await typePassword(browser, page, loginName, password);
    return answer.body.includes('class="alert waiting"') ? 'waits' : answer.step;
  };
  const stopClock = (t: TestContext) => t.mock.timers.enable({ apis: ['Date'], now: Date.now() });

  const fullWidth = (text: string) =>
    text.replace(/[!-~]/g, (character) => String.fromCodePoint(character.charCodeAt(0) + 0xfee0));

  /** Spellings that stand for one account, and so for one count of tries. */
  const families: [what: string, name: string, ...spellings: string[]][] = [
    ['capitals', 'jansen', 'JANSEN', 'Jansen', 'jAnSeN', 'janseN'],
    ['white space around it', 'visser', ' visser', 'visser\t', '\u00a0visser', '\u3000visser\u2003'],
    [
      'composed and decomposed letters',
      'andr\u00e9',
      'andre\u0301',
      'ANDR\u00c9',
      'ANDRE\u0301',
      'Andre\u0301 ',
    ],
    ['full width', 'smit', fullWidth('smit'), fullWidth('SMIT'), fullWidth('Smit'), `s${fullWidth('mit')}`],
    [
      'an unknown name',
      'niemand-hier',
      'NIEMAND-HIER',
      ' niemand-hier',
      fullWidth('niemand-hier'),
      'Niemand-hier',
    ],
  ];

  for (const [what, name, ...spellings] of families) {
    test(`is one count: ${what}`, async (t) => {
      stopClock(t);
      if (name !== 'niemand-hier') await installation.createAccount({ loginName: name, withApp: true });
      for (const spelling of [name, ...spellings])
        assert.equal(await tryOnce(spelling), 'password', spelling);
      for (const spelling of [name, ...spellings])
        assert.equal(await tryOnce(spelling, PASSWORD), 'waits', spelling);
    });
  }

  test('an account has one count, by its login name and by its e-mail address', async (t) => {
    stopClock(t);
    const email = 'bakker@test.example';
    await installation.createAccount({ loginName: 'bakker', email, withApp: true });
    for (const name of ['bakker', email, 'BAKKER', 'Bakker@TEST.example', ' bakker@test.example ']) {
      assert.equal(await tryOnce(name), 'password', name);
    }
    assert.equal(await tryOnce('bakker', PASSWORD), 'waits');
    assert.equal(await tryOnce(email, PASSWORD), 'waits');
  });

  test('a look-alike of another script is another name: it opens nothing and keeps nobody waiting', async (t) => {
    stopClock(t);
    await installation.createAccount({ loginName: 'oscar', withApp: true });
    for (const alike of [
      '\u043escar',
      'os\u0441ar',
      'osc\u0430r',
      '\u03bfscar',
      '\u043e\u0455\u0441\u0430r',
    ]) {
      assert.equal(await tryOnce(alike, PASSWORD), 'password', alike);
    }
    assert.equal(await tryOnce('oscar', PASSWORD), 'second-step');
  });

  test('a name that no account can have counts as well: nonsense is no free try', async (t) => {
    stopClock(t);
    for (const nonsense of ['a\u200bb', 'x'.repeat(300), '__proto__']) {
      for (let tries = 0; tries < 5; tries += 1) assert.equal(await tryOnce(nonsense), 'password', nonsense);
      assert.equal(await tryOnce(nonsense), 'waits', nonsense);
    }
  });

  test('fifty tries from fifty addresses in fifty sign-ins are five', async (t) => {
    stopClock(t);
    await installation.createAccount({ loginName: 'verspreid', withApp: true });
    const verify = t.mock.method(installation.running.composition.hasher, 'verify');
    const visits = await Promise.all(Array.from({ length: 50 }, () => beginSignIn(installation)));
    assert.equal(new Set(visits.map(({ browser }) => browser.address)).size, 50);
    await Promise.all(
      visits.map(({ browser, page }, n) =>
        browser.post(`${page.url}/password`, { login_name: 'verspreid', password: `${WRONG}-${n}` }),
      ),
    );
    assert.equal(verify.mock.callCount(), 5);
    assert.equal(await tryOnce('verspreid', PASSWORD), 'waits');
  });
});
