import assert from 'node:assert/strict';
import { request } from 'node:http';
import { before, describe, test } from 'node:test';
import { type Answer, Browser } from '../support/browser.ts';
import { stopClock } from '../support/clock.ts';
import { type Installation, PASSWORD, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import {
  ANSWER,
  codeIn,
  linkIn,
  NEW_PASSWORD,
  otherCode,
  type WaysBack,
  waysBack,
} from '../support/recovery.ts';
import { hasCode, untilSent } from '../support/second-steps.ts';
import { addTenant, type SecondTenant } from '../support/second-tenant.ts';
import { TEST_TENANT } from '../support/test-tenant.ts';

const HOUR = 60 * 60_000;

const waits = ({ body }: Answer): boolean => body.includes('class="alert waiting"');
const tokenIn = (link: string): string => new URL(link).searchParams.get('token') ?? assert.fail(link);
const keyOf = (browser: Browser): string | undefined =>
  browser.cookies.find(({ name }) => name.endsWith('poortwachter_recovery'))?.value;
const otherThan = (letter = '') => (letter === 'A' ? 'B' : 'A');

describe('a link to a new password', () => {
  const ending = endOfSuite();
  let installation: Installation;
  let other: SecondTenant;
  let ways: WaysBack;

  before(async () => {
    const tenant = { ...TEST_TENANT, firstSignIn: { asks: 'question-and-email' } as const };
    installation = await startInstallation(ending, { settings: { tenant } });
    other = await addTenant(installation, 'ander');
    ways = waysBack(installation);
  });

  /** A form of a page as that page would post it, by a browser that has been on a page of recovery. */
  const post = async (browser: Browser, path: string, fields: Record<string, string>): Promise<Answer> => {
    if (keyOf(browser) === undefined) await browser.open(ways.at('/recover/code'));
    return browser.follow(await browser.post(ways.at(path), fields));
  };

  const passwordWas = async (loginName: string): Promise<string> => {
    for (const password of [PASSWORD, NEW_PASSWORD]) {
      if ((await ways.behind(loginName, password)).page.step !== 'password') return password;
    }
    return 'neither';
  };

  describe('is spent by nothing but its button:', () => {
    test('a scanner that opens it fifty times, by GET and HEAD, with cookies and without, spends nothing', async () => {
      const link = linkIn(await ways.letterFor(await ways.person()));
      const scanner = new Browser();
      for (let times = 0; times < 50; times += 1) {
        const who = times % 2 === 0 ? scanner : new Browser();
        const answer = await who.send(link, { method: times % 3 === 0 ? 'HEAD' : 'GET' });
        assert.equal(answer.status, 200);
      }
      assert.equal((await ways.press(link)).step, 'new-password');
    });

    test('what a scanner sees says whose account it is neither by name nor by address', async () => {
      const someone = await ways.person();
      const page = await new Browser().open(linkIn(await ways.letterFor(someone)));
      assert.doesNotMatch(page.body, new RegExp(`${someone.loginName}|${someone.email}`));
    });

    test('a press from another site, or without a key of ours, spends nothing', async () => {
      const link = linkIn(await ways.letterFor(await ways.person()));
      const browser = new Browser();
      await browser.open(link);
      const token = tokenIn(link);
      const foreign = await browser.post(
        ways.at('/recover/link'),
        { token },
        { origin: 'https://evil.example' },
      );
      assert.equal(foreign.status, 403);
      assert.equal((await new Browser().post(ways.at('/recover/link'), { token })).status, 400);
      assert.equal((await ways.press(link)).step, 'new-password');
    });

    test('of fifty presses at once, in as many browsers, one begins a recovery', async () => {
      const link = linkIn(await ways.letterFor(await ways.person()));
      const browsers = Array.from({ length: 50 }, () => new Browser());
      const landings = await Promise.all(browsers.map((browser) => browser.open(link)));
      const pages = await Promise.all(
        landings.map((landing, index) => browsers[index]?.press(landing, 'continue')),
      );
      const steps = pages.map((page) => page?.step).sort();
      assert.deepEqual(steps, ['new-password', ...Array.from({ length: 49 }, () => 'recover-dead')].sort());
    });

    test('of ten presses at once in one browser none locks it out, and one password comes of it', async () => {
      const someone = await ways.person();
      const link = linkIn(await ways.letterFor(someone));
      const browser = new Browser();
      const landing = await browser.open(link);
      await Promise.all(Array.from({ length: 10 }, () => browser.press(landing, 'continue')));
      const page = await browser.open(ways.at('/recover/step'));
      assert.equal(page.step, 'new-password');
      assert.equal((await browser.press(page, 'save', { password: NEW_PASSWORD })).step, 'recover-done');
      assert.equal(await passwordWas(someone.loginName), NEW_PASSWORD);
    });
  });

  describe('is good for what it was sent for alone:', () => {
    test('at another tenant it is dead, and it is not spent there', async () => {
      const link = linkIn(await ways.letterFor(await ways.person()));
      const there = link.replace(installation.issuer, other.issuer);
      const browser = new Browser();
      assert.equal((await browser.open(there)).step, 'recover-dead');
      await browser.open(`${other.issuer}/recover/code`);
      const pressed = await browser.post(`${other.issuer}/recover/link`, { token: tokenIn(link) });
      assert.equal((await browser.follow(pressed)).step, 'recover-dead');
      assert.equal((await ways.press(link)).step, 'new-password');
    });

    test('its code is no good at another tenant, for somebody of the same name and address', async () => {
      const someone = await ways.person();
      const { createAccount } = other;
      await createAccount({ loginName: someone.loginName, email: someone.email });
      const code = codeIn(await ways.letterFor(someone));
      const browser = new Browser();
      const page = await browser.open(`${other.issuer}/recover/code`);
      const refused = await browser.press(page, 'continue', { login_name: someone.loginName, code });
      assert.equal(refused.step, 'recover-code');
      const right = await post(new Browser(), '/recover/code', { login_name: someone.loginName, code });
      assert.equal(right.step, 'new-password');
    });

    test('the code of one person is none for another', async () => {
      const [mine, theirs] = [await ways.person(), await ways.person()];
      const code = codeIn(await ways.letterFor(mine));
      await ways.letterFor(theirs);
      const page = await post(new Browser(), '/recover/code', { login_name: theirs.loginName, code });
      assert.equal(page.step, 'recover-code');
    });

    test('it closes no account, and a link that does opens none; neither is spent by the try', async () => {
      const someone = await ways.person();
      const browser = new Browser();
      const fresh = await ways.press(linkIn(await ways.letterFor(someone)), browser);
      assert.equal((await browser.press(fresh, 'save', { password: NEW_PASSWORD })).step, 'recover-done');
      const report = linkIn(await ways.mailTo(someone.email, '/not-me'), '/not-me');
      const reset = linkIn(await ways.letterFor(someone));
      const [asReset, asReport] = [tokenIn(report), tokenIn(reset)];

      assert.equal((await browser.open(ways.at(`/recover/link?token=${asReset}`))).step, 'recover-dead');
      assert.equal((await post(browser, '/recover/link', { token: asReset })).step, 'recover-dead');
      assert.equal((await browser.open(ways.at(`/not-me?token=${asReport}`))).step, 'not-me-dead');
      assert.equal((await post(browser, '/not-me', { token: asReport })).step, 'not-me-dead');

      assert.equal((await new Browser().open(report)).step, 'not-me');
      assert.equal((await ways.press(reset)).step, 'new-password');
    });

    test('a token of which one character is another, or that is cut, longer or made up, is dead', async () => {
      const link = linkIn(await ways.letterFor(await ways.person()));
      const token = tokenIn(link);
      const guesses = [
        `${otherThan(token[0])}${token.slice(1)}`,
        `${token.slice(0, -1)}${otherThan(token.at(-1))}`,
        token.slice(0, 43),
        `${token}A`,
        'A'.repeat(token.length),
        '',
        '../../x',
        'A'.repeat(5000),
        "' or 1=1 --",
      ];
      for (const guess of guesses) {
        const browser = new Browser();
        const page = await browser.open(ways.at(`/recover/link?token=${encodeURIComponent(guess)}`));
        assert.deepEqual([page.status, page.step], [410, 'recover-dead'], guess);
        const pressed = await post(browser, '/recover/link', { token: guess });
        assert.equal(pressed.step, 'recover-dead', guess);
      }
      assert.equal((await ways.press(link)).step, 'new-password');
    });

    test('an address that is the account’s no more opens nothing: not by its link, not by its code', async () => {
      const someone = await ways.person();
      const letter = await ways.letterFor(someone);
      const { durable, tenant } = installation.running.composition;
      const moved = { question: undefined, email: `nieuw-${someone.email}` };
      await durable.enrolments.saveFirstSignIn(tenant.id, someone.accountId, moved, Date.now());
      const code = codeIn(letter);
      const typed = await post(new Browser(), '/recover/code', { login_name: someone.loginName, code });
      assert.equal(typed.step, 'recover-code');
      const browser = new Browser();
      await browser.open(linkIn(letter));
      const pressed = await post(browser, '/recover/link', { token: tokenIn(linkIn(letter)) });
      assert.equal(pressed.step, 'recover-dead');
    });
  });

  describe('has a code beside it', () => {
    /** The page that an entered code leads to, in a browser of its own. */
    const enter = (loginName: string, code: string) =>
      post(new Browser(), '/recover/code', { login_name: loginName, code });

    test('that five wrong tries end, from as many browsers; the link itself works on', async () => {
      const someone = await ways.person();
      const letter = await ways.letterFor(someone);
      const code = codeIn(letter);
      for (let tries = 0; tries < 5; tries += 1) {
        assert.equal((await enter(someone.loginName, otherCode(code))).step, 'recover-code');
      }
      assert.equal((await enter(someone.email, code)).step, 'recover-code');
      assert.equal((await ways.press(linkIn(letter))).step, 'new-password');
    });

    test('that parallel guesses get no more than five tries at', async () => {
      const someone = await ways.person();
      const code = codeIn(await ways.letterFor(someone));
      const typed = [...Array.from({ length: 30 }, () => otherCode(code))];
      await Promise.all(typed.map((guess) => enter(someone.loginName, guess)));
      // By another name of the same person, so that no wait of the name stands in front of it.
      const late = await enter(someone.email, code);
      assert.equal(late.step, 'recover-code');
      assert.equal(waits(late), false);
    });

    test('in which blanks, dashes, small letters and look-alikes do not matter', async () => {
      const forms = [
        (code: string) => code.toLowerCase().replace('-', ''),
        (code: string) => ` ${code.split('').join(' ')} `,
        (code: string) => code.replaceAll('0', 'o').replaceAll('1', 'l').replace('-', '–'),
        (code: string) => code.replaceAll('0', 'O').replaceAll('1', 'I').replace('-', '.'),
      ];
      for (const write of forms) {
        const someone = await ways.person();
        const typed = write(codeIn(await ways.letterFor(someone)));
        assert.equal((await enter(someone.loginName, typed)).step, 'new-password', typed);
      }
    });

    test('that a newer mail ends, with the link before it', async () => {
      const someone = await ways.person();
      const first = await ways.letterFor(someone);
      const second = await ways.letterFor(someone);
      assert.equal((await enter(someone.loginName, codeIn(first))).step, 'recover-code');
      assert.equal((await new Browser().open(linkIn(first))).step, 'recover-dead');
      assert.equal((await enter(someone.loginName, codeIn(second))).step, 'new-password');
    });

    test('that the link ends, and that ends the link', async () => {
      const someone = await ways.person();
      const letter = await ways.letterFor(someone);
      assert.equal((await ways.press(linkIn(letter))).step, 'new-password');
      assert.equal((await enter(someone.loginName, codeIn(letter))).step, 'recover-code');
      const next = await ways.letterFor(someone);
      assert.equal((await enter(someone.loginName, codeIn(next))).step, 'new-password');
      assert.equal((await new Browser().open(linkIn(next))).step, 'recover-dead');
    });

    test('whose every form of nonsense is a refusal', async () => {
      const someone = await ways.person();
      await ways.letterFor(someone);
      for (const typed of ['', ' ', '0', 'A'.repeat(100), '<b>x</b>', 'UUUU-UUUU', '１２３４-\u202e5678x']) {
        const page = await enter(someone.loginName, typed);
        assert.deepEqual([page.status, page.step], [200, 'recover-code'], typed);
      }
    });
  });

  describe('is mailed to where it belongs:', () => {
    test('what the request says of the host is in no mail', async () => {
      const someone = await ways.person();
      const browser = new Browser();
      await browser.open(ways.at('/recover/password'));
      const forged = {
        forwarded: 'host=evil.example;proto=https',
        'x-forwarded-host': 'evil.example',
        'x-forwarded-proto': 'https',
        'x-forwarded-port': '666',
        'x-forwarded-server': 'evil.example',
        'x-original-host': 'evil.example',
        'x-host': 'evil.example',
        referer: 'https://evil.example/recover',
      };
      const fields = { login_name: someone.loginName };
      assert.equal((await browser.post(ways.at('/recover/password'), fields, forged)).status, 303);
      await ways.mailTo(someone.email, '/recover/link');
      const [mail] = ways.sentTo(someone.email);
      assert.doesNotMatch(JSON.stringify(mail), /evil|666/);
      assert.ok(mail?.text.includes(`${installation.issuer}/recover/link?token=`));
    });

    test('a host that is no tenant’s gets no mail sent', async () => {
      const someone = await ways.person();
      const address = new URL(installation.origin);
      const status = await new Promise((resolve, reject) => {
        const headers = {
          host: 'evil.example',
          origin: 'http://evil.example',
          cookie: `poortwachter_recovery=${'A'.repeat(43)}`,
          'content-type': 'application/x-www-form-urlencoded',
        };
        const asked = request(
          { host: address.hostname, port: address.port, path: '/recover/password', method: 'POST', headers },
          (answer) => {
            answer.resume();
            resolve(answer.statusCode);
          },
        );
        asked.on('error', reject);
        asked.end(`login_name=${someone.loginName}`);
      });
      assert.notEqual(status, 303);
      await ways.untilAnswered();
      assert.deepEqual(ways.sentTo(someone.email), []);
    });

    test('line breaks and headers in a typed name reach nobody', async () => {
      const victim = await ways.person();
      const typed = [
        `${victim.email}\r\nBcc: thief@evil.example`,
        `${victim.email}\nSubject: x`,
        `${victim.email},thief@evil.example`,
        `${victim.email};thief@evil.example`,
        `"${victim.email}" <thief@evil.example>`,
        `${victim.loginName}\r\nTo: thief@evil.example`,
      ];
      for (const name of typed) {
        assert.equal((await ways.ask(new Browser(), name)).step, 'recover-sent', name);
        const named = await ways.ask(new Browser(), name, '/recover/login-name');
        assert.equal(named.step, 'recover-sent', name);
      }
      const nil = `thief@evil.example\0${victim.email}`;
      const unread = await post(new Browser(), '/recover/password', { login_name: nil });
      assert.equal(unread.status, 400);
      await ways.untilAnswered();
      const sent = installation.outbox.messages();
      assert.deepEqual(
        sent.filter((message) => JSON.stringify(message).includes('evil.example')),
        [],
      );
      assert.deepEqual(ways.sentTo(victim.email), []);
    });
  });

  describe('leads through every step:', () => {
    test('a new password is taken from nobody who has not spent a link', async () => {
      const someone = await ways.person();
      const browser = new Browser();
      await ways.ask(browser, someone.loginName);
      for (const path of ['/recover/new-password', '/recover/question']) {
        const page = await post(browser, path, { password: NEW_PASSWORD, answer: ANSWER });
        assert.equal(page.step, 'recover-sent', path);
      }
      const made = new Browser();
      made.cookies = [{ name: 'poortwachter_recovery', value: 'B'.repeat(43), path: '/recover' }];
      assert.equal((await post(made, '/recover/new-password', { password: NEW_PASSWORD })).step, 'recover');
      assert.equal(await passwordWas(someone.loginName), PASSWORD);
    });

    test('the question can’t be left out, nor answered by nothing', async () => {
      const someone = await ways.person({ asked: true });
      const browser = new Browser();
      const question = await ways.press(linkIn(await ways.letterFor(someone)), browser);
      assert.equal(question.step, 'recover-question');
      const skips = [
        ['/recover/new-password', { password: NEW_PASSWORD }],
        ['/recover/question', { answer: '' }],
        ['/recover/question', { answer: ' .!- ' }],
        ['/recover/question', { answer: '', step: 'new-password' }],
      ] as const;
      for (const [path, fields] of skips) {
        assert.equal((await post(browser, path, fields)).step, 'recover-question', path);
      }
      assert.equal(await passwordWas(someone.loginName), PASSWORD);
    });

    test('a second password behind the one that was made changes nothing', async () => {
      const someone = await ways.person();
      const browser = new Browser();
      const fresh = await ways.press(linkIn(await ways.letterFor(someone)), browser);
      const spent = browser.thief();
      assert.equal((await browser.press(fresh, 'save', { password: NEW_PASSWORD })).step, 'recover-done');
      for (const who of [browser, spent]) {
        const again = await post(who, '/recover/new-password', { password: 'nog-Eens-een-ander-wachtwoord' });
        assert.equal(again.step, 'recover-done');
      }
      assert.equal(await passwordWas(someone.loginName), NEW_PASSWORD);
    });

    test('a key that somebody planted in the browser is worth nothing once a link is spent in it', async () => {
      const someone = await ways.person();
      const thief = new Browser();
      await ways.ask(thief, someone.loginName);
      const victim = thief.thief();
      const planted = keyOf(victim);
      const fresh = await ways.press(linkIn(await ways.mailTo(someone.email, '/recover/link')), victim);
      assert.equal(fresh.step, 'new-password');
      assert.notEqual(keyOf(victim), planted);
      assert.equal(keyOf(thief), planted);
      assert.notEqual((await thief.open(ways.at('/recover/step'))).step, 'new-password');
      const stolen = await post(thief, '/recover/new-password', { password: NEW_PASSWORD });
      assert.equal(stolen.step, 'recover');
      assert.equal(await passwordWas(someone.loginName), PASSWORD);
    });

    test('a new password obeys the rules whatever sends it, and what was refused leaves the old one', async () => {
      const someone = await ways.person();
      const browser = new Browser();
      const fresh = await ways.press(linkIn(await ways.letterFor(someone)), browser);
      assert.equal(fresh.step, 'new-password');
      for (const password of [
        '',
        'kort',
        'wachtwoord1234',
        `${someone.loginName}-Verzuimtest-1`,
        'een-heel-lang-wachtwoord'.repeat(20),
        'een\0heel-lang-wachtwoord',
        PASSWORD,
      ]) {
        const page = await post(browser, '/recover/new-password', { password });
        assert.equal(page.step, 'new-password', password);
        assert.match(page.body, /id="error-summary"/, password);
      }
      const unread = await browser.post(ways.at('/recover/new-password'), { password: 'x'.repeat(5001) });
      assert.equal(unread.status, 400);
      assert.equal(await passwordWas(someone.loginName), PASSWORD);
      assert.equal(
        (await post(browser, '/recover/new-password', { password: NEW_PASSWORD })).step,
        'recover-done',
      );
    });

    test('it signs nobody in: the second step still follows, and the session that is there is over', async () => {
      const someone = await ways.person();
      const browser = new Browser();
      assert.ok(hasCode((await ways.enter(someone, PASSWORD, browser)).answer));
      const fresh = await ways.press(linkIn(await ways.letterFor(someone)), browser);
      await browser.press(fresh, 'save', { password: NEW_PASSWORD });
      const { page } = await ways.behind(someone.loginName, NEW_PASSWORD, browser);
      assert.equal(page.step, 'second-step');
    });
  });

  describe('can’t be asked for without end:', () => {
    test('three times an hour for one name, in all its spellings and from anywhere', async () => {
      const { email, loginName } = await ways.person();
      for (const typed of [email, email.toUpperCase(), ` ${email} `]) {
        assert.equal((await ways.ask(new Browser(), typed)).step, 'recover-sent');
      }
      const fourth = await ways.ask(new Browser(), email);
      assert.deepEqual([fourth.step, waits(fourth)], ['recover-password', true]);
      // By its other name it may be asked for, and the account's own limit keeps the letterbox from filling.
      assert.equal((await ways.ask(new Browser(), loginName)).step, 'recover-sent');
      await ways.untilAnswered();
      assert.equal(ways.sentTo(email, '/recover/link').length, 3);
    });

    test('ten times an hour from one address, whoever is named, and an hour later again', async (t) => {
      const tick = stopClock(t);
      const address = '203.0.113.77';
      const asked: (string | undefined)[] = [];
      for (let times = 0; times < 11; times += 1) {
        asked.push((await ways.ask(new Browser({ address }), `niemand-${times}`)).step);
      }
      const ten = Array.from({ length: 10 }, () => 'recover-sent');
      assert.deepEqual(asked, [...ten, 'recover-password']);
      assert.equal((await ways.ask(new Browser(), 'niemand-hier')).step, 'recover-sent');
      tick(HOUR);
      assert.equal((await ways.ask(new Browser({ address }), 'niemand-weer')).step, 'recover-sent');
    });

    test('answers to the question are counted by person: a new link and a new browser bring no new tries', async () => {
      const someone = await ways.person({ asked: true });
      for (let links = 0; links < 2; links += 1) {
        const browser = new Browser();
        let page = await ways.press(linkIn(await ways.letterFor(someone)), browser);
        for (let tries = 0; tries < (links === 0 ? 3 : 2); tries += 1) {
          page = await browser.press(page, 'continue', { answer: 'Normaal' });
          assert.equal(page.step, 'recover-question');
          assert.equal(waits(page), false);
        }
      }
      const browser = new Browser();
      const page = await ways.press(linkIn(await ways.letterFor(someone)), browser);
      const right = await browser.press(page, 'continue', { answer: ANSWER });
      assert.equal(right.step, 'recover-question');
      assert.equal(waits(right), true);
    });
  });

  test('nothing secret of it is in the log', async () => {
    const someone = await ways.person();
    const letter = await ways.letterFor(someone);
    const browser = new Browser();
    const fresh = await ways.press(linkIn(letter), browser);
    await browser.press(fresh, 'save', { password: NEW_PASSWORD });
    await untilSent(() => installation.logged.some((line) => line.includes('recovery.')));
    const log = installation.logged.join('\n');
    for (const secret of [
      tokenIn(linkIn(letter)),
      codeIn(letter),
      keyOf(browser) ?? '',
      NEW_PASSWORD,
      someone.email,
    ]) {
      assert.equal(log.includes(secret), false, secret);
    }
  });
});
