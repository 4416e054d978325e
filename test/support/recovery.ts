import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSecurityQuestions } from '#src/enrolment/security-question.ts';
import { PHONE_KIND, phoneData, phoneIdentity } from '#src/message/phone-factor.ts';
import type { Message } from '#src/message/ports.ts';
import type { SignInPlace } from './accounts.ts';
import { codeOf, keyIn } from './authenticator.ts';
import { type Answer, Browser } from './browser.ts';
import type { Installation } from './installation.ts';
import { untilSent } from './second-steps.ts';
import { beginSignIn, typePassword } from './sign-in.ts';

/** What people choose here in a recovery: long, and on no list. */
export const NEW_PASSWORD = 'zeven-Tulpen-in-de-regen-9';
export const QUESTION = 'Naar welk concert ging u als eerste?';
export const ANSWER = 'Doe Maar in Ahoy';

/** Somebody who can get back in by mail. */
export interface Lost {
  loginName: string;
  email: string;
  accountId: string;
  appData: string | undefined;
}

/** The link on a line of its own in a mail. */
export function linkIn(text: string, path = '/recover/link'): string {
  return (
    new RegExp(`^(http\\S+${path}\\?token=\\S+)$`, 'm').exec(text)?.[1] ?? assert.fail(`no link in ${text}`)
  );
}

/** The code beside the link of a mail, as it stands there. */
export function codeIn(text: string): string {
  return /^([0-9A-Z]{4}-[0-9A-Z]{4})$/m.exec(text)?.[1] ?? assert.fail(`no code in ${text}`);
}

/** A code of the same shape that is another one. */
export function otherCode(code: string): string {
  return `${code.startsWith('7') ? '8' : '7'}${code.slice(1)}`;
}

/** What people do who lost something, at one tenant of an installation. */
export function waysBack(installation: Installation, place: SignInPlace = installation) {
  let people = 0;
  const { durable, hasher } = installation.running.composition;
  const at = (path: string) => `${place.issuer}${path}`;

  const sentTo = (to: string, part = ''): Message[] =>
    installation.outbox.messages().filter((one) => one.to === to && one.text.includes(part));

  /** The newest of at least `least` messages to somebody that have this in them; waits until it is there. */
  const mailTo = async (to: string, part: string, least = 1): Promise<string> => {
    await untilSent(() => sentTo(to, part).length >= least);
    return sentTo(to, part)[0]?.text ?? '';
  };

  /** Somebody past the first sign-in, with a proved address and an app; with a security question or a phone where named. */
  const person = async (
    wanted: { asked?: boolean; phone?: string; email?: string; loginName?: string } = {},
  ): Promise<Lost> => {
    people += 1;
    const { loginName = `kwijt${people}`, asked = false, phone } = wanted;
    const email = wanted.email ?? `${loginName}@voorbeeld.example`;
    const made = await place.createAccount({ loginName, email, withApp: true });
    const { id: accountId, tenantId } = made.account;
    if (phone !== undefined) {
      const identity = phoneIdentity(durable.digester, tenantId, phone);
      const factor = {
        kind: PHONE_KIND,
        label: '',
        data: phoneData(phone),
        identity,
        lastCounter: undefined,
      };
      const id = crypto.randomUUID();
      assert.ok(await durable.factors.add({ ...factor, id, tenantId, accountId }, Date.now() - 1));
    }
    const { hash } = createSecurityQuestions({ hasher, digester: durable.digester });
    const question = asked
      ? { key: 'first-concert', text: QUESTION, answerHash: await hash(accountId, ANSWER) }
      : undefined;
    await durable.enrolments.saveFirstSignIn(tenantId, accountId, { question, email }, Date.now());
    await durable.enrolments.finish(tenantId, accountId, Date.now());
    return { loginName, email, accountId, appData: made.appData };
  };

  /** Asks for a link to a new password; the answer is where the browser was led. */
  const ask = async (browser: Browser, typed: string, path = '/recover/password'): Promise<Answer> => {
    const page = await browser.open(at(path));
    const field = path === '/recover/password' ? 'login_name' : 'email';
    return browser.press(page, 'send-mail', { [field]: typed });
  };

  return {
    at,
    /** Resolves once nothing waits in the queue: whatever was asked for was answered, or never will be. */
    async untilAnswered(): Promise<void> {
      for (let looks = 0; (await durable.queue.depth()).some(({ waiting }) => waiting > 0); looks += 1) {
        assert.ok(looks < 500, 'something waits in the queue for ever');
        await sleep(10);
      }
    },
    sentTo,
    mailTo,
    person,
    ask,
    /** Asks, and answers the mail that came. */
    async letterFor({ loginName, email }: Lost, browser = new Browser()): Promise<string> {
      const before = sentTo(email, '/recover/link').length;
      assert.equal((await ask(browser, loginName)).step, 'recover-sent');
      return mailTo(email, '/recover/link', before + 1);
    },
    /** Opens a link and presses its button; the answer is the page behind it. */
    async press(link: string, browser = new Browser()): Promise<Answer> {
      const landing = await browser.open(link);
      assert.equal(landing.step, 'recover-link');
      return browser.press(landing, 'continue');
    },
    /** What a password opens: the page behind the password. */
    async behind(loginName: string, password: string, browser = new Browser()) {
      const begun = await beginSignIn(place, browser);
      return { ...begun, page: await typePassword(browser, begun.page, loginName, password) };
    },
    /** A whole sign-in with an app whose clock is `ago` milliseconds behind; the answer carries the code. */
    async enter({ loginName, appData }: Lost, password: string, browser = new Browser(), ago = 0) {
      const begun = await beginSignIn(place, browser);
      const second = await typePassword(browser, begun.page, loginName, password);
      assert.equal(second.step, 'second-step');
      // Made at the last moment: hashing a password takes its time, and a code has half a minute.
      const code = codeOf(keyIn(appData ?? ''), Date.now() - ago);
      return { ...begun, answer: await browser.submit(second, { code }) };
    },
  };
}

export type WaysBack = ReturnType<typeof waysBack>;
