import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Account } from '#src/account/account.ts';
import { composeRecovery } from '#src/compose/recovery.ts';
import { REPORT_LIFE } from '#src/recovery/mail-links.ts';
import { bringsBack } from '#src/recovery/way-back.ts';
import { secretHash } from '#src/secret/secret-hash.ts';
import { endOfSuite } from '../../support/postgres.ts';
import { ANSWER, createRecoveryBench, NEW, onlyWay } from './recovery-bench.ts';

test('a former address comes back only where a question and a second step stand behind it', () => {
  const mailbox = fc.record({
    formerEmail: fc.option(fc.emailAddress(), { nil: undefined }),
    asksQuestion: fc.boolean(),
    hasSecondStep: fc.boolean(),
    held: fc.boolean(),
  });
  fc.assert(
    fc.property(mailbox, (known) => {
      const { formerEmail, asksQuestion, hasSecondStep, held } = known;
      const guarded = asksQuestion && hasSecondStep;
      assert.equal(bringsBack(known), formerEmail !== undefined && guarded && !held);
    }),
  );
});

describe('a way back to a former address', async () => {
  const ending = endOfSuite();
  const bench = await createRecoveryBench(ending);
  const { browser, durable, tenant, clock } = bench;
  const told: { what: string; formerEmail: string | undefined }[] = [];
  const { recovery } = composeRecovery({
    ...bench.given,
    notices: { tell: async ({ formerEmail }, what) => void told.push({ what, formerEmail }) },
  });
  let people = 0;

  /** Somebody with address `a…`, a question and a second step; less where it is said. */
  const person = async ({ question = true, secondStep = true } = {}) => {
    people += 1;
    clock.advance(60_000);
    const a = `a${people}@example.org`;
    const account = await bench.addPerson(`mens${people}`, { email: a });
    if (secondStep) {
      const factor = { id: randomUUID(), kind: 'totp', label: '', data: '', identity: undefined };
      const owned = { ...factor, tenantId: tenant.id, accountId: account.id, lastCounter: undefined };
      assert.ok(await durable.factors.addFirst(owned, clock.now()));
    }
    if (question) await bench.setQuestion(account.id);
    return { account, a, b: `b${people}@example.org`, c: `c${people}@example.org` };
  };
  /** Replaces an address as the settings do; the link that the one before gets. */
  const replace = async ({ id }: Account, expected: string, email: string): Promise<string> => {
    clock.advance(1_000);
    assert.ok(await durable.accounts.changeEmail(tenant.id, id, { email, expected, at: clock.now() }));
    const href = await bench.mailLinks.reportHref(tenant, id, { formerEmail: expected });
    return new URL(href ?? '').searchParams.get('token') ?? '';
  };
  const now = async ({ id }: Account) => {
    const account = await durable.accounts.findById(tenant.id, id);
    const standing = await durable.accounts.findStanding(tenant.id, id);
    return [account?.email, account?.emailVerified, standing?.suspendedBy];
  };
  const press = (token: string) => recovery.report(browser(), token);
  /** A recovery up to its question; the way in goes to this address. */
  const recover = async ({ loginName }: Account, to: string) => {
    await recovery.ask(browser(), 'password', loginName);
    const mails = await bench.work();
    assert.equal(mails[0]?.to, to);
    const spent = await recovery.spendLink(browser(), onlyWay(mails).token);
    assert.ok(spent.kind === 'spent');
    assert.equal(spent.flow.step, 'question');
    return browser(spent.flowId);
  };

  test('puts it back, closes the account until a recovery by it, and tells the one that it replaces', async () => {
    const { account, a, b } = await person();
    const token = await replace(account, a, b);
    assert.deepEqual(await recovery.landing(browser(), token), { purpose: 'former-address', restores: true });
    assert.deepEqual(await now(account), [b, true, undefined], 'opening does nothing');
    assert.equal(await press(token), 'restored');
    assert.deepEqual(await now(account), [a, true, 'person']);
    assert.deepEqual(told.at(-1), { what: 'email-restored', formerEmail: b });
    const { by, restored } = bench.events('account.reported').at(-1)?.detail ?? {};
    assert.deepEqual([by, restored], ['former-address', true]);
    const at = await recover(account, a);
    assert.equal((await recovery.answer(at, ANSWER)).step, 'new-password');
    assert.equal((await recovery.setPassword(at, NEW)).step, 'done');
    assert.deepEqual(await now(account), [a, true, undefined]);
  });

  for (const missing of ['question', 'secondStep'] as const) {
    test(`without a ${missing} closes the account until the help desk, and says so before`, async () => {
      const { account, a, b } = await person({ [missing]: false });
      const token = await replace(account, a, b);
      const landing = { purpose: 'former-address', restores: false };
      assert.deepEqual(await recovery.landing(browser(), token), landing);
      assert.equal(await press(token), 'held');
      assert.deepEqual(await now(account), [b, true, 'former-address']);
      assert.deepEqual(told.at(-1), { what: 'account-held', formerEmail: undefined });
      await recovery.ask(browser(), 'password', account.loginName);
      assert.deepEqual(await bench.work(), []);
    });
  }

  test('where the organisation asks no question any more is none: one that was kept guards nothing', async () => {
    const { account, a, b } = await person();
    const token = await replace(account, a, b);
    const firstSignIn = { ...tenant.settings.firstSignIn, asks: 'email' } as const;
    const other = { ...tenant, settings: { ...tenant.settings, firstSignIn } };
    assert.equal(await recovery.report({ ...browser(), tenant: other }, token), 'held');
  });

  test('made before addresses were kept closes the account until the help desk', async () => {
    const { account, a } = await person();
    const token = 'f'.repeat(43);
    const link = { id: randomUUID(), accountId: account.id, tokenHash: secretHash(token) };
    await durable.links.issue(tenant.id, {
      ...{ ...link, purpose: 'former-address', codeDigest: undefined, formerEmail: undefined },
      ...{ createdAt: clock.now(), expiresAt: clock.now() + REPORT_LIFE },
    });
    assert.equal(await press(token), 'held');
    assert.deepEqual(await now(account), [a, true, 'former-address']);
  });

  test('of several in a row the oldest wins, whichever is pressed first', async () => {
    for (const [first, second] of [
      ['a', 'b'],
      ['b', 'a'],
    ] as const) {
      const { account, a, b, c } = await person();
      const tokens = { a: await replace(account, a, b), b: await replace(account, b, c) };
      assert.equal(await press(tokens[first]), 'restored');
      assert.equal(await press(tokens[second]), first === 'a' ? 'dead' : 'restored');
      assert.equal((await now(account))[0], a);
    }
  });

  test('is not closed by who took the account over: a report, another address, a new password', async () => {
    const { account, a, b, c } = await person();
    const token = await replace(account, a, b);
    const href = await bench.mailLinks.reportHref(tenant, account.id, { formerEmail: undefined });
    assert.equal(await press(new URL(href ?? '').searchParams.get('token') ?? ''), 'closed');
    const at = await recover(account, b);
    await recovery.answer(at, ANSWER);
    assert.equal((await recovery.setPassword(at, NEW)).step, 'done');
    await replace(account, b, c);
    assert.equal(await press(token), 'restored');
    assert.deepEqual(await now(account), [a, true, 'person']);
  });

  test('overtakes a recovery that was begun at the other address, also of an account that was closed already', async () => {
    const { account, a, b } = await person();
    const token = await replace(account, a, b);
    await durable.accounts.setSuspended(tenant.id, account.id, { by: 'person', at: clock.now() });
    const thief = await recover(account, b);
    assert.equal((await recovery.answer(thief, ANSWER)).step, 'new-password');
    assert.equal(await press(token), 'restored');
    assert.equal((await recovery.setPassword(thief, NEW)).step, 'over');
    assert.deepEqual(await now(account), [a, true, 'person']);
  });

  test('a recovery from an address that was left since leads nowhere', async () => {
    const { account, a, b } = await person();
    const intruder = await recover(account, a);
    assert.equal((await recovery.answer(intruder, ANSWER)).step, 'new-password');
    await replace(account, a, b);
    assert.equal((await recovery.setPassword(intruder, NEW)).step, 'over');
  });

  test('works once, also for 20 presses at once, and for 7 days', async () => {
    const { account, a, b } = await person();
    const token = await replace(account, a, b);
    const all = await Promise.all(Array.from({ length: 20 }, () => press(token)));
    assert.ok(all.includes('restored'));
    assert.deepEqual(
      all.filter((outcome) => outcome !== 'restored' && outcome !== 'dead'),
      [],
    );
    assert.equal(await press(token), 'dead');
    assert.deepEqual(await now(account), [a, true, 'person']);
    const other = await person();
    const late = await replace(other.account, other.a, other.b);
    clock.advance(REPORT_LIFE);
    assert.equal(await recovery.landing(browser(), late), undefined);
    assert.equal(await press(late), 'dead');
    assert.deepEqual(await now(other.account), [other.b, true, undefined]);
  });

  test('never opens what the help desk has to open', async () => {
    const { account, a, b } = await person();
    const token = await replace(account, a, b);
    await durable.accounts.setSuspended(tenant.id, account.id, { by: 'former-address', at: clock.now() });
    assert.equal(await press(token), 'held');
    assert.deepEqual(await now(account), [b, true, 'former-address']);
  });

  test('comes back also where others have proved the address meanwhile: both have that mailbox', async () => {
    const { account, a, b } = await person();
    const token = await replace(account, a, b);
    await bench.addPerson(`ander${people}`, { email: a });
    assert.equal(await press(token), 'restored');
    const found = await durable.accounts.findForRecovery(tenant.id, { canonical: undefined, email: a }, 10);
    assert.equal(found.length, 2);
  });
});
