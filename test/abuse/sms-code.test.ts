import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Answer } from '../support/browser.ts';
import { stopClock } from '../support/clock.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { codeIn, newestTo } from '../support/letters.ts';
import { endOfSuite } from '../support/postgres.ts';
import {
  behindPassword,
  hasCode,
  newNumbers,
  otherThan,
  sentTo,
  tenantWith,
} from '../support/second-steps.ts';
import { codeIn as grantIn, typePassword } from '../support/sign-in.ts';

/** Milliseconds until another code may be asked for. */
const WAIT = 30_000;
/** Milliseconds that a code lives. */
const LIFE = 5 * 60_000;

const newNumber = newNumbers();

/** People of an installation who get codes by text message. */
function peopleOf(installation: () => Installation) {
  const visit = async (loginName: string, number: string) => {
    const begun = await behindPassword(installation(), loginName);
    assert.equal(begun.page.step, 'second-step');
    const type = (code: string) => begun.browser.submit(begun.page, { code });
    return { ...begun, type, sent: () => codeIn(newestTo(installation(), number)) };
  };
  return {
    visit,
    newcomer: async (loginName: string, number = newNumber()) => {
      await installation().createAccount({ loginName, withPhone: number });
      return { number, ...(await visit(loginName, number)) };
    },
  };
}

/** Asks for another code, as the page for who is stuck does. */
const resend = ({ url }: Answer) => `${url}/send`;

describe('a code by text message', () => {
  const ending = endOfSuite();
  let installation: Installation;
  const { visit, newcomer } = peopleOf(() => installation);

  before(async () => {
    installation = await startInstallation(ending, { settings: { tenant: tenantWith('sms') } });
  });

  test('of another person opens nothing, and costs its owner nothing', async () => {
    const anna = await newcomer('anna');
    const bert = await newcomer('bert');
    assert.equal((await anna.type(bert.sent())).step, 'second-step');
    assert.ok(hasCode(await anna.type(anna.sent())));
    assert.ok(hasCode(await bert.type(bert.sent())));
  });

  test('of one person is not for who signs in next in the same browser', async () => {
    const anna = await newcomer('eerst');
    const code = anna.sent();
    const number = newNumber();
    await installation.createAccount({ loginName: 'daarna', withPhone: number });
    await anna.browser.post(`${anna.page.url}/start-over`, {});
    const password = await anna.browser.get(anna.page.url);
    const next = await typePassword(anna.browser, password, 'daarna');
    assert.equal((await anna.browser.submit(next, { code })).step, 'second-step');
    assert.ok(hasCode(await anna.browser.submit(next, { code: codeIn(newestTo(installation, number)) })));
  });

  test('of people who share a number opens the sign-in of who is named in it, and no other', async () => {
    const number = newNumber();
    const carla = await newcomer('carla', number);
    const forCarla = carla.sent();
    const dirk = await newcomer('dirk', number);
    const [newest] = sentTo(installation, number);
    assert.match(newest?.text ?? '', /dirk/);
    assert.equal((await dirk.type(forCarla)).step, 'second-step');
    assert.ok(hasCode(await dirk.type(dirk.sent())));
    assert.ok(hasCode(await carla.type(forCarla)));
  });

  test('is good in the sign-in that asked for it, and in no other of the same person', async (t) => {
    const tick = stopClock(t);
    const first = await newcomer('tweemaal');
    const old = first.sent();
    tick(WAIT);
    const second = await visit('tweemaal', first.number);
    assert.notEqual(second.sent(), old);
    assert.equal((await second.type(old)).step, 'second-step');
    assert.equal((await first.type(second.sent())).step, 'second-step');
    assert.equal((await first.type(old)).step, 'second-step', 'the newest code is the only one');
    assert.ok(hasCode(await second.type(second.sent())));
  });

  test('is worth nothing once another was asked for', async (t) => {
    const tick = stopClock(t);
    const { browser, page, type, sent } = await newcomer('opnieuw');
    const old = sent();
    tick(WAIT);
    await browser.post(resend(page), { channel: 'sms' });
    assert.notEqual(sent(), old);
    assert.equal((await type(old)).step, 'second-step');
    assert.ok(hasCode(await type(sent())));
  });

  test('is worth nothing after five wrong tries, also once the wait is over', async (t) => {
    const tick = stopClock(t);
    const { browser, page, type, sent } = await newcomer('vijfmaal');
    const right = sent();
    for (let tries = 0; tries < 5; tries += 1) {
      assert.equal((await type(otherThan(right))).step, 'second-step');
    }
    tick(WAIT);
    const refused = await type(right);
    assert.equal(refused.step, 'second-step');
    assert.doesNotMatch(refused.body, /class="alert waiting"/, 'judged, not put off');
    await browser.post(resend(page), { channel: 'sms' });
    assert.ok(hasCode(await type(sent())));
  });

  test('is good once: the sign-in after it does not take it', async (t) => {
    stopClock(t);
    const first = await newcomer('eenmaal');
    const code = first.sent();
    assert.ok(hasCode(await first.type(code)));
    const second = await visit('eenmaal', first.number);
    assert.notEqual(second.sent(), code);
    assert.equal((await second.type(code)).step, 'second-step');
  });

  test('sent fifty times at once in one sign-in is one success, one sign-in and one token', async () => {
    const { browser, page, party, request, sent } = await newcomer('storm');
    const from = installation.logged.length;
    const code = sent();
    const posts = await Promise.all(
      Array.from({ length: 50 }, () => browser.post(`${page.url}/second-step`, { code })),
    );
    for (const { status } of posts) assert.equal(status, 303);
    const events = installation.logged.slice(from);
    const proved = events.filter((line) => /"event":"sign-in.second-step".*"outcome":"success"/.test(line));
    assert.equal(proved.length, 1);
    const ends = [];
    for (const post of posts) ends.push(await browser.follow(post));
    const grants = new Set(ends.filter(hasCode).map(({ location }) => grantIn(location)));
    assert.equal(grants.size, 1);
    const won = ends.find(hasCode);
    assert.ok(await party.finish(request, won?.location));
  });

  test('says nothing of how near a wrong one was', async () => {
    const { type, sent } = await newcomer('bijna');
    const right = sent();
    const lastDigit = (Number(right.at(-1)) + 1) % 10;
    const near = await type(`${right.slice(0, 5)}${lastDigit}`);
    const far = await type(otherThan(right));
    const told = ({ body }: Answer) => body.slice(body.indexOf('<main'), body.indexOf('</main>'));
    assert.equal(told(near), told(far));
  });
});

describe('a code by text message over time', () => {
  const ending = endOfSuite();
  let installation: Installation;
  const { newcomer } = peopleOf(() => installation);

  before(async () => {
    // Expiry by the clock of the test: Redis goes by its own.
    const settings = { tenant: tenantWith('sms'), redis: { store: 'memory' as const } };
    installation = await startInstallation(ending, { replicas: 1, settings });
  });

  test('is good for five minutes', async (t) => {
    const tick = stopClock(t);
    const { type, sent } = await newcomer('op-tijd');
    tick(LIFE - 1000);
    assert.ok(hasCode(await type(sent())));
  });

  test('is worth nothing after that, and a new one helps', async (t) => {
    const tick = stopClock(t);
    const { browser, page, type, sent } = await newcomer('te-laat');
    const old = sent();
    tick(LIFE);
    assert.equal((await type(old)).step, 'second-step');
    await browser.post(resend(page), { channel: 'sms' });
    assert.ok(hasCode(await type(sent())));
  });
});
