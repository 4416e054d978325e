import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Account } from '#src/account/account.ts';
import { composeRecovery } from '#src/compose/recovery.ts';
import type { RecoveryTurn, SpendOutcome } from '#src/recovery/recovery.ts';
import type { Sessions } from '#src/session/ports.ts';
import { endOfSuite } from '../../support/postgres.ts';
import { recordCalls } from '../sign-in/sign-in-bench.ts';
import { ANSWER, createRecoveryBench, NEW, OLD, onlyWay, QUESTION } from './recovery-bench.ts';

const HOUR = 3_600_000;

function spent(outcome: SpendOutcome): Extract<SpendOutcome, { kind: 'spent' }> {
  assert.equal(outcome.kind, 'spent');
  assert.ok('flowId' in outcome);
  return outcome;
}

describe('a recovery', async () => {
  const ending = endOfSuite();
  const bench = await createRecoveryBench(ending);
  const { recovery, browser, durable, tenant, clock, volatile } = bench;
  let people = 0;

  const person = async (options: Parameters<typeof bench.addPerson>[1] = {}) => {
    people += 1;
    clock.advance(HOUR);
    const loginName = `mens${people}`;
    return bench.addPerson(loginName, { email: `${loginName}@example.org`, ...options });
  };

  /** Asks in one browser; the way in that was mailed. */
  const wayFor = async ({ loginName }: Account, at = browser()) => {
    assert.equal((await recovery.ask(at, 'password', loginName)).kind, 'sent');
    return { at, ...onlyWay(await bench.work()) };
  };

  /** Behind the link, in a browser of its own. */
  const behindLink = async (account: Account) => {
    const { token } = await wayFor(account);
    const { flowId, flow } = spent(await recovery.spendLink(browser(), token));
    return { at: browser(flowId), flow };
  };

  const passwordOf = async ({ loginName }: Account) =>
    (await durable.accounts.findForSignIn(tenant.id, { canonical: loginName, email: undefined }))
      ?.passwordHash;
  const has = async (account: Account, password: string) =>
    (await bench.hasher.verify(await passwordOf(account), password)).ok;

  test('by link, on another device, leads to a new password, and everything of the old one ends', async () => {
    const account = await person();
    const of = { tenantId: tenant.id, accountId: account.id, uid: 'uid', expiresIn: 100_000 };
    await volatile.artifacts.upsert({ ...of, model: 'Session', id: 'session', payload: { jti: 'session' } });
    const { at, flow } = await behindLink(account);
    assert.equal(flow.step, 'new-password');
    const done = await recovery.setPassword(at, NEW);
    assert.deepEqual(done, { step: 'done', purpose: 'reset', loginName: account.loginName });
    assert.deepEqual([await has(account, NEW), await has(account, OLD)], [true, false]);
    const [event] = bench.events('password.changed').slice(-1);
    assert.equal(event?.subject, account.id);
    assert.equal(event?.detail?.sessions, 1);
    assert.equal(await volatile.artifacts.find(tenant.id, 'Session', 'session'), undefined);
    assert.deepEqual(bench.told.at(-1), { accountId: account.id, what: 'password-changed' });
    assert.ok(bench.settled.includes(at.reference));
    assert.deepEqual(await recovery.current(at), done);
  });

  test('by the code beside the link goes on where the mail was asked for', async () => {
    const { at, code } = await wayFor(await person());
    const typed = code.toLowerCase().replace('-', ' ');
    const { flow, flowId } = spent(await recovery.spendCode(at, { typed: undefined, code: typed }));
    assert.equal(flow.step, 'new-password');
    assert.equal((await recovery.setPassword(browser(flowId), NEW)).step, 'done');
  });

  test('by the code goes on in any browser that names the person, and only for that person', async () => {
    const [account, other] = [await person(), await person()];
    const { code } = await wayFor(account);
    await wayFor(other);
    const wrong = await recovery.spendCode(browser(), { typed: other.loginName, code });
    assert.deepEqual(wrong, { kind: 'wrong' });
    spent(await recovery.spendCode(browser(), { typed: account.email, code }));
  });

  test('goes on under a new secret, and the old one leads nowhere', async () => {
    const { at, token } = await wayFor(await person());
    const { flowId } = spent(await recovery.spendLink(at, token));
    assert.notEqual(flowId, at.flowId);
    assert.deepEqual(await recovery.current(at), { step: 'start' });
  });

  test('opens no second browser with one link, whose button can be pressed again in the first', async () => {
    const { at, token } = await wayFor(await person());
    assert.deepEqual(await recovery.landing(at, token), { purpose: 'reset' });
    const all = await Promise.all(Array.from({ length: 20 }, () => recovery.spendLink(browser(), token)));
    const [winner, ...others] = all.filter(({ kind }) => kind === 'spent');
    assert.ok(winner && others.length === 0);
    const { flowId } = spent(winner);
    assert.deepEqual(await recovery.landing(browser(flowId), token), { purpose: 'reset' });
    const again = spent(await recovery.spendLink(browser(flowId), token));
    assert.equal((await recovery.current(browser(again.flowId))).step, 'new-password');
    assert.equal(await recovery.landing(browser(), token), undefined);
  });

  test('is not led on by a link that was replaced, is too old, or is made up', async () => {
    const account = await person();
    const { token: first } = await wayFor(account);
    const { token: second } = await wayFor(account);
    assert.deepEqual(await recovery.spendLink(browser(), first), { kind: 'dead' });
    clock.advance(tenant.settings.recovery.linkMinutes * 60_000);
    assert.deepEqual(await recovery.spendLink(browser(), second), { kind: 'dead' });
    for (const token of ['a'.repeat(43), 'a'.repeat(65), '', '%'])
      assert.deepEqual(await recovery.spendLink(browser(), token), { kind: 'dead' });
    assert.equal(bench.events('recovery.link').at(-1)?.reason, 'dead');
  });

  test("is not led on by a link in a mailbox that is the account's no more", async () => {
    const account = await person();
    const { token, code } = await wayFor(account);
    const saved = { question: undefined, email: 'nieuw@example.org' };
    await durable.enrolments.saveFirstSignIn(tenant.id, account.id, saved, clock.now());
    const byCode = await recovery.spendCode(browser(), { typed: account.loginName, code });
    assert.deepEqual(byCode, { kind: 'wrong' });
    assert.deepEqual(await recovery.spendLink(browser(), token), { kind: 'dead' });
  });

  test('asks the same of the stores for a code, whether or not anybody has the name', async () => {
    await person();
    const seen: string[][] = [];
    for (const typed of [`mens${people}`, 'niemand', 'niemand@example.org']) {
      const accounts = recordCalls(durable.accounts);
      const links = recordCalls(durable.links);
      const throttle = recordCalls(volatile.throttle);
      const observed = composeRecovery({
        ...bench.given,
        durable: { ...durable, accounts: accounts.recorded, links: links.recorded },
        volatile: { ...volatile, throttle: throttle.recorded },
      });
      const outcome = await observed.recovery.spendCode(browser(), { typed, code: 'ABCD-1234' });
      assert.deepEqual(outcome, { kind: 'wrong' });
      seen.push([...accounts.calls, ...links.calls, ...throttle.calls]);
    }
    assert.deepEqual(seen[1], ['findForRecovery', 'spendByCode', 'take', 'take']);
    for (const one of seen) assert.deepEqual(one, seen[1]);
  });

  test('waits after five wrong codes for one name, known or not', async () => {
    const { loginName } = await person();
    for (const typed of [loginName, 'niemand9']) {
      for (let index = 0; index < 5; index += 1) {
        const outcome = await recovery.spendCode(browser(), { typed, code: 'ABCD-1234' });
        assert.deepEqual(outcome, { kind: 'wrong' });
      }
      const outcome = await recovery.spendCode(browser(), { typed: typed.toUpperCase(), code: 'ABCD-1234' });
      assert.deepEqual(outcome, { kind: 'wait', until: clock.now() + 30_000 });
    }
  });

  test('tells what is empty or no code without counting it', async () => {
    const at = browser();
    for (let index = 0; index < 10; index += 1) {
      assert.deepEqual(await recovery.spendCode(at, { typed: 'wie', code: ' ' }), { kind: 'empty' });
      assert.deepEqual(await recovery.spendCode(at, { typed: undefined, code: 'ABCD-1234' }), {
        kind: 'empty',
      });
      assert.deepEqual(await recovery.spendCode(at, { typed: 'wie', code: 'ABC' }), { kind: 'malformed' });
    }
    assert.deepEqual(await recovery.spendCode(at, { typed: 'wie', code: 'ABCD-1234' }), { kind: 'wrong' });
  });

  describe('of a person with a question', () => {
    const asked = async () => {
      const account = await person();
      await bench.setQuestion(account.id);
      return account;
    };

    test('asks it before the new password, and takes no password before the answer', async () => {
      const account = await asked();
      const { at, flow } = await behindLink(account);
      assert.ok(flow.step === 'question');
      assert.equal(flow.question, QUESTION.text);
      assert.equal((await recovery.setPassword(at, NEW)).step, 'question');
      assert.equal(await has(account, OLD), true);
      const empty = await recovery.answer(at, ' ');
      assert.deepEqual('problem' in empty && empty.problem, { kind: 'empty' });
      const wrong = await recovery.answer(at, 'Minoes');
      assert.deepEqual('problem' in wrong && wrong.problem, { kind: 'wrong' });
      assert.equal((await recovery.answer(at, ANSWER.toUpperCase())).step, 'new-password');
      assert.equal((await recovery.setPassword(at, NEW)).step, 'done');
    });

    test('counts wrong answers per person: a new link brings no new tries', async () => {
      const account = await asked();
      const { at } = await behindLink(account);
      for (let index = 0; index < 5; index += 1) await recovery.answer(at, 'Minoes');
      const until = clock.now() + 30_000;
      const { at: other } = await behindLink(account);
      for (const turn of [at, other]) {
        const flow = await recovery.answer(turn, ANSWER);
        assert.deepEqual('problem' in flow && flow.problem, { kind: 'wait', until });
      }
      clock.advance(30_000);
      assert.equal((await recovery.answer(other, ANSWER)).step, 'new-password');
    });

    test('does not ask it where the tenant asks none', async () => {
      const account = await asked();
      const { token } = await wayFor(account);
      const settings = {
        ...tenant.settings,
        firstSignIn: { ...tenant.settings.firstSignIn, asks: 'email' as const },
      };
      const at = { ...browser(), tenant: { ...tenant, settings } };
      assert.equal(spent(await recovery.spendLink(at, token)).flow.step, 'new-password');
    });
  });

  test('takes no password that the rules refuse, that there is, or that is known from leaks', async () => {
    const account = await person();
    const { at } = await behindLink(account);
    const leaked = composeRecovery({ ...bench.given, breached: { isBreached: async () => true } });
    for (const [typed, fault] of [
      ['', 'empty'],
      ['kort', 'too-short'],
      [`${account.loginName}-verzuimtest`, 'context'],
      [OLD, 'same'],
    ] as const) {
      const flow = await recovery.setPassword(at, typed);
      assert.ok(flow.step === 'new-password' && flow.faults.includes(fault), fault);
    }
    const flow = await leaked.recovery.setPassword(at, NEW);
    assert.ok(flow.step === 'new-password');
    assert.deepEqual(flow.faults, ['leaked']);
    assert.equal(await has(account, OLD), true);
    assert.equal((await recovery.setPassword(at, NEW)).step, 'done');
  });

  test('makes one of many passwords sent at once, tells the person once, and says the same to all tabs', async () => {
    const account = await person();
    const { at } = await behindLink(account);
    const before = [bench.told.length, bench.events('password.changed').length];
    const words = ['wolk', 'steen', 'brug', 'kaars'].map((word) => `${word}-Paars-Ladder-38`);
    await Promise.all(words.map((word) => recovery.setPassword(at, word)));
    assert.equal((await recovery.current(at)).step, 'done');
    const after = [bench.told.length, bench.events('password.changed').length];
    assert.deepEqual(
      after,
      before.map((count) => count + 1),
    );
    const right = await Promise.all(words.map((word) => has(account, word)));
    assert.equal(right.filter(Boolean).length, 1);
  });

  test('is no place to guess the password that there is, whatever number of links leads to it', async () => {
    const account = await person();
    const guess = (at: RecoveryTurn, times: number) =>
      recovery.setPassword(at, `gokje-Paars-Ladder-${times}`);
    const weak = composeRecovery({ ...bench.given, breached: { isBreached: async () => true } });
    const { at } = await behindLink(account);
    for (let times = 0; times < 20; times += 1) {
      const flow = await weak.recovery.setPassword(at, `gokje-Paars-Ladder-${times}`);
      assert.equal(flow.step, 'new-password');
    }
    assert.equal((await recovery.setPassword(at, OLD)).step, 'over');
    const { at: next } = await behindLink(account);
    assert.equal((await guess(next, 21)).step, 'over');
    assert.equal(await has(account, OLD), true);
    clock.advance(HOUR);
    const { at: later } = await behindLink(account);
    assert.equal((await guess(later, 22)).step, 'done');
  });

  test('is not kept alive past an hour by whoever goes on sending its page', async () => {
    const account = await person();
    const { at } = await behindLink(account);
    for (const part of [40, 19]) {
      clock.advance(part * 60_000);
      assert.equal((await recovery.setPassword(at, 'kort')).step, 'new-password');
    }
    clock.advance(60_000);
    assert.equal((await recovery.setPassword(at, NEW)).step, 'over');
    assert.equal(await has(account, OLD), true);
  });

  test('is told and recorded once the password is changed, also when what follows fails', async () => {
    const account = await person();
    const { at } = await behindLink(account);
    let calls = 0;
    const endAll: Sessions['endAll'] = async (...of) => {
      calls += 1;
      if (calls > 1) throw new Error('the store is away');
      return bench.given.sessions.endAll(...of);
    };
    const away = composeRecovery({ ...bench.given, sessions: { endAll } });
    await assert.rejects(away.recovery.setPassword(at, NEW), /away/);
    assert.equal(await has(account, NEW), true);
    assert.deepEqual(bench.told.at(-1), { accountId: account.id, what: 'password-changed' });
    assert.equal(bench.events('password.changed').at(-1)?.subject, account.id);
  });

  test('that was begun before another password change is over', async () => {
    const account = await person();
    const { at: first } = await behindLink(account);
    const { at: second } = await behindLink(account);
    assert.equal((await recovery.setPassword(second, NEW)).step, 'done');
    assert.equal((await recovery.setPassword(first, 'steen-Groen-Emmer-52')).step, 'over');
    assert.equal(await has(account, NEW), true);
  });

  test('of an account that is closed meanwhile is over', async () => {
    const account = await person();
    const { at } = await behindLink(account);
    await durable.accounts.setDisabled(tenant.id, account.id, clock.now());
    assert.equal((await recovery.setPassword(at, NEW)).step, 'over');
    assert.equal(await has(account, OLD), true);
  });

  test('answers nothing whose record can not be kept', async () => {
    const { token } = await wayFor(await person());
    const trail = { record: () => {}, settled: () => Promise.reject(new Error('no record')) };
    const broken = composeRecovery({ ...bench.given, trail });
    await assert.rejects(broken.recovery.spendLink(browser(), token), /no record/);
  });

  test('forgets nothing of the count of wrong passwords but its own', async () => {
    const account = await person();
    const wait = { kind: 'wait', free: 1, base: 600, max: 600, memory: 3600 } as const;
    const keys = [`password:account:${account.id}`, `second-step:account:${account.id}`];
    for (const key of keys) await volatile.throttle.take(tenant.id, [{ ...wait, key }], clock.now());
    const { at } = await behindLink(account);
    assert.equal((await recovery.setPassword(at, NEW)).step, 'done');
    const allowed = await Promise.all(
      keys.map(
        async (key) => (await volatile.throttle.take(tenant.id, [{ ...wait, key }], clock.now())).allowed,
      ),
    );
    assert.deepEqual(allowed, [true, false]);
  });

  describe('"this was not me"', () => {
    const reportOf = async (account: Account, formerEmail?: string) => {
      const href = await bench.mailLinks.reportHref(tenant, account.id, { formerEmail });
      return new URL(href ?? '').searchParams.get('token') ?? '';
    };

    test('ends sessions and links, and closes the account until a recovery that begins afterwards', async () => {
      const account = await person();
      const token = await reportOf(account);
      const { at } = await behindLink(account);
      const { token: reset } = await wayFor(account);
      assert.deepEqual(await recovery.landing(browser(), token), { purpose: 'report' });
      assert.equal(await recovery.report(browser(), token), 'closed');
      const reported = await durable.accounts.findById(tenant.id, account.id);
      assert.equal(reported?.suspendedAt, clock.now());
      assert.equal(bench.events('account.reported').at(-1)?.subject, account.id);
      assert.deepEqual(await recovery.spendLink(browser(), reset), { kind: 'dead' });
      assert.equal((await recovery.setPassword(at, NEW)).step, 'over');
      assert.equal(await has(account, OLD), true);
      const { at: afterwards } = await behindLink(account);
      assert.equal((await recovery.setPassword(afterwards, NEW)).step, 'done');
      const open = await durable.accounts.findById(tenant.id, account.id);
      assert.equal(open?.suspendedAt, undefined);
    });

    test("from a former address of somebody without a question closes it for the person's own recovery as well", async () => {
      const account = await person();
      assert.equal(await recovery.report(browser(), await reportOf(account, 'oud@bench.example')), 'held');
      await recovery.ask(browser(), 'password', account.loginName);
      assert.deepEqual(await bench.work(), []);
    });

    test('is not said by a link for a password, nor is a password made by that of a report', async () => {
      const account = await person();
      const { token: reset } = await wayFor(account);
      const report = await reportOf(account);
      assert.equal(await recovery.report(browser(), reset), 'dead');
      assert.deepEqual(await recovery.spendLink(browser(), report), { kind: 'dead' });
      assert.equal((await recovery.spendLink(browser(), reset)).kind, 'spent');
      assert.equal(await recovery.report(browser(), report), 'closed');
    });

    test('that was cut off half-way can be said again', async () => {
      const account = await person();
      const token = await reportOf(account);
      const sessions = { endAll: () => Promise.reject(new Error('no store')) };
      const broken = composeRecovery({ ...bench.given, sessions });
      await assert.rejects(broken.recovery.report(browser(), token), /no store/);
      assert.equal(await recovery.report(browser(), token), 'closed');
    });
  });
});
