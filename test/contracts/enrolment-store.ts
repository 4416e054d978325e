import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, type TestContext, test } from 'node:test';
import type { AccountId } from '#src/account/account.ts';
import type { AccountStore } from '#src/account/ports.ts';
import type { EnrolmentRecord, EnrolmentStore, SecurityQuestion } from '#src/enrolment/ports.ts';
import {
  BACKUP_CODE_TRIES,
  type BackupCodeStore,
  type FactorStore,
  type NewFactor,
} from '#src/sign-in/ports.ts';
import type { TenantId } from '#src/tenant/tenant.ts';

/** An EnrolmentStore beside those of whom it tells, and two people who never signed in. */
export interface EnrolmentStoreSetting {
  enrolments: EnrolmentStore;
  accounts: AccountStore;
  factors: FactorStore;
  backupCodes: BackupCodeStore;
  tenantId: TenantId;
  /** Has a proved e-mail address, `EMAIL`. */
  accountId: AccountId;
  /** Has none. */
  colleagueId: AccountId;
  otherTenantId: TenantId;
}

type MakeStore = (t: TestContext) => Promise<EnrolmentStoreSetting>;

/** The proved address of the account of the setting. */
export const EMAIL = 'Werk.Gever@example.nl';

const AT = Date.UTC(2026, 0, 15, 9, 0, 0, 123);

const EMPTY: EnrolmentRecord = {
  skipped: [],
  finishedAt: undefined,
  backupCode: undefined,
  backupCodeWorks: false,
  askedQuestion: false,
};

const QUESTION: SecurityQuestion = {
  key: 'first-school',
  text: 'Wat was uw eerste school?',
  answerHash: '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA',
};

function appOf({ tenantId, accountId }: Pick<EnrolmentStoreSetting, 'tenantId' | 'accountId'>): NewFactor {
  const app = { id: randomUUID(), kind: 'totp', label: '', data: '{}' };
  return { ...app, tenantId, accountId, identity: undefined, lastCounter: undefined };
}

/** Somebody who did all of it. */
async function finished(makeStore: MakeStore, t: TestContext) {
  const setting = await makeStore(t);
  const { enrolments, factors, backupCodes, tenantId, accountId } = setting;
  const code = { id: randomUUID(), hash: '$argon2id$', createdAt: AT };
  assert.equal(await factors.addFirst(appOf(setting), AT), true);
  await enrolments.skip(tenantId, accountId, 'sms');
  assert.equal(await backupCodes.replace(tenantId, accountId, code, undefined), true);
  await enrolments.saveFirstSignIn(tenantId, accountId, { question: QUESTION, email: EMAIL }, AT);
  await enrolments.finish(tenantId, accountId, AT + 1);
  return { ...setting, code };
}

function describeCourse(makeStore: MakeStore): void {
  test('nothing is known of a newcomer, of nobody and of a malformed id', async (t) => {
    const { enrolments, tenantId, accountId } = await makeStore(t);
    for (const id of [accountId, randomUUID(), "' or true --"]) {
      assert.deepEqual(await enrolments.load(tenantId, id), EMPTY);
      assert.equal(await enrolments.findQuestion(tenantId, id), undefined);
    }
  });

  test('everything that was done is told at once', async (t) => {
    const { enrolments, tenantId, accountId, code } = await finished(makeStore, t);
    assert.deepEqual(await enrolments.load(tenantId, accountId), {
      skipped: ['sms'],
      finishedAt: AT + 1,
      backupCode: code.id,
      backupCodeWorks: true,
      askedQuestion: true,
    });
  });

  test('pages are remembered as skipped once each, also 20 at once', async (t) => {
    const { enrolments, tenantId, accountId } = await makeStore(t);
    for (const page of ['yubikey', 'sms', 'yubikey']) await enrolments.skip(tenantId, accountId, page);
    assert.deepEqual((await enrolments.load(tenantId, accountId)).skipped, ['yubikey', 'sms']);
    const pages = Array.from({ length: 20 }, (_, i) => `p${i % 5}`);
    await Promise.all(pages.map((page) => enrolments.skip(tenantId, accountId, page)));
    const { skipped } = await enrolments.load(tenantId, accountId);
    assert.deepEqual([...skipped].sort(), ['p0', 'p1', 'p2', 'p3', 'p4', 'sms', 'yubikey']);
  });

  test('a backup code that was used or is out of tries is told as one that does not work', async (t) => {
    const { enrolments, backupCodes, tenantId, accountId, code } = await finished(makeStore, t);
    for (let i = 0; i < BACKUP_CODE_TRIES; i += 1) await backupCodes.countTry(tenantId, accountId, code.id);
    const voided = await enrolments.load(tenantId, accountId);
    assert.deepEqual([voided.backupCode, voided.backupCodeWorks], [code.id, false]);
    const next = { ...code, id: randomUUID() };
    await backupCodes.replace(tenantId, accountId, next, code.id);
    assert.equal((await enrolments.load(tenantId, accountId)).backupCodeWorks, true);
    await backupCodes.use(tenantId, accountId, next.id, AT);
    const used = await enrolments.load(tenantId, accountId);
    assert.deepEqual([used.backupCode, used.backupCodeWorks], [next.id, false]);
  });

  test('nobody is done without a second step', async (t) => {
    const { enrolments, tenantId, accountId } = await makeStore(t);
    await enrolments.finish(tenantId, accountId, AT);
    assert.deepEqual(await enrolments.load(tenantId, accountId), EMPTY);
  });
}

function describeFirstSignIn(makeStore: MakeStore): void {
  test('question and answer come back as saved, and the last ones count', async (t) => {
    const { enrolments, tenantId, accountId } = await makeStore(t);
    await enrolments.saveFirstSignIn(tenantId, accountId, { question: QUESTION, email: undefined }, AT);
    assert.deepEqual(await enrolments.findQuestion(tenantId, accountId), QUESTION);
    const other = { key: 'pet', text: 'Hoe heette uw huisdier?', answerHash: '$argon2id$other' };
    await enrolments.saveFirstSignIn(tenantId, accountId, { question: other, email: undefined }, AT + 1);
    assert.deepEqual(await enrolments.findQuestion(tenantId, accountId), other);
  });

  test('a question is changed alone, as often as wished: the last one counts, and it counts as no page asked', async (t) => {
    const { enrolments, tenantId, otherTenantId, accountId, colleagueId } = await makeStore(t);
    await enrolments.saveQuestion(tenantId, accountId, QUESTION, AT);
    const other = { key: 'pet', text: 'Hoe heette uw huisdier?', answerHash: '$argon2id$other' };
    await enrolments.saveQuestion(tenantId, accountId, other, AT + 1);
    assert.deepEqual(await enrolments.findQuestion(tenantId, accountId), other);
    assert.deepEqual(await enrolments.load(tenantId, accountId), EMPTY);
    for (const id of [randomUUID(), "' or true --"]) {
      await enrolments.saveQuestion(tenantId, id, QUESTION, AT);
      assert.equal(await enrolments.findQuestion(tenantId, id), undefined);
    }
    await enrolments.saveQuestion(otherTenantId, accountId, QUESTION, AT);
    assert.deepEqual(await enrolments.findQuestion(tenantId, accountId), other);
    assert.equal(await enrolments.findQuestion(tenantId, colleagueId), undefined);
  });

  test('the page counts as asked, also without a question', async (t) => {
    const { enrolments, tenantId, accountId } = await makeStore(t);
    await enrolments.saveFirstSignIn(tenantId, accountId, { question: undefined, email: EMAIL }, AT);
    assert.deepEqual(await enrolments.load(tenantId, accountId), { ...EMPTY, askedQuestion: true });
    await enrolments.saveFirstSignIn(tenantId, accountId, { question: QUESTION, email: undefined }, AT);
    await enrolments.saveFirstSignIn(tenantId, accountId, { question: undefined, email: undefined }, AT);
    assert.deepEqual(
      await enrolments.findQuestion(tenantId, accountId),
      QUESTION,
      'no question removes none',
    );
  });

  test('an address stays proved when it is the proved one, in whatever spelling, and is kept as typed', async (t) => {
    const { enrolments, accounts, tenantId, accountId } = await makeStore(t);
    const typed = 'werk.gever@EXAMPLE.nl';
    await enrolments.saveFirstSignIn(tenantId, accountId, { question: undefined, email: typed }, AT);
    const account = await accounts.findById(tenantId, accountId);
    assert.deepEqual([account?.email, account?.emailVerified], [typed, true]);
    await enrolments.saveFirstSignIn(tenantId, accountId, { question: undefined, email: undefined }, AT);
    assert.deepEqual(await accounts.findById(tenantId, accountId), account);
  });

  test('another address, and a first one, have to be proved', async (t) => {
    const { enrolments, accounts, tenantId, accountId, colleagueId } = await makeStore(t);
    const email = 'privé@example.nl';
    for (const id of [accountId, colleagueId]) {
      for (let i = 0; i < 2; i += 1) {
        await enrolments.saveFirstSignIn(tenantId, id, { question: undefined, email }, AT);
      }
      const account = await accounts.findById(tenantId, id);
      assert.deepEqual([account?.email, account?.emailVerified], [email, false]);
    }
    const back = { question: undefined, email: EMAIL };
    await enrolments.saveFirstSignIn(tenantId, accountId, back, AT);
    assert.equal(
      (await accounts.findById(tenantId, accountId))?.emailVerified,
      false,
      'nor is it remembered',
    );
  });

  test('an address is proved only while the account has it, and found then', async (t) => {
    const { enrolments, accounts, tenantId, colleagueId } = await makeStore(t);
    assert.equal(await enrolments.proveEmail(tenantId, colleagueId, 'a@example.nl'), false);
    await enrolments.saveFirstSignIn(
      tenantId,
      colleagueId,
      { question: undefined, email: 'b@example.nl' },
      AT,
    );
    assert.equal(await enrolments.proveEmail(tenantId, colleagueId, 'a@example.nl'), false);
    assert.equal((await accounts.findById(tenantId, colleagueId))?.emailVerified, false);
    assert.equal(await enrolments.proveEmail(tenantId, colleagueId, 'B@example.nl'), true);
    const found = await accounts.findForSignIn(tenantId, { canonical: undefined, email: 'b@example.nl' });
    assert.deepEqual([found?.account.id, found?.account.emailVerified], [colleagueId, true]);
    assert.equal(
      await enrolments.proveEmail(tenantId, colleagueId, 'b@example.nl'),
      true,
      'twice is no harm',
    );
  });

  test('what can not be kept whole is not kept at all', async (t) => {
    const { enrolments, accounts, tenantId, accountId } = await makeStore(t);
    const question = { ...QUESTION, text: 'no text of Postgres holds a \0' };
    const saved = { question, email: 'new@example.nl' };
    await assert.rejects(enrolments.saveFirstSignIn(tenantId, accountId, saved, AT));
    assert.equal((await accounts.findById(tenantId, accountId))?.email, EMAIL);
    assert.deepEqual(await enrolments.load(tenantId, accountId), EMPTY);
  });
}

function describeReset(makeStore: MakeStore): void {
  test('a reset takes methods, skips, backup code and the mark of being done, not question or e-mail', async (t) => {
    const { enrolments, accounts, factors, backupCodes, tenantId, accountId } = await finished(makeStore, t);
    await enrolments.resetSecondStep(tenantId, accountId);
    assert.deepEqual(await enrolments.load(tenantId, accountId), {
      ...EMPTY,
      askedQuestion: true,
    });
    assert.deepEqual(await factors.list(tenantId, accountId), []);
    assert.equal(await backupCodes.find(tenantId, accountId), undefined);
    assert.deepEqual(await enrolments.findQuestion(tenantId, accountId), QUESTION);
    const account = await accounts.findById(tenantId, accountId);
    assert.deepEqual([account?.email, account?.emailVerified], [EMAIL, true]);
  });

  test('after a reset nothing is added but a first factor', async (t) => {
    const { enrolments, factors, backupCodes, tenantId, accountId, code } = await finished(makeStore, t);
    await enrolments.resetSecondStep(tenantId, accountId);
    const app = appOf({ tenantId, accountId });
    for (const expected of [undefined, code.id]) {
      assert.equal(await backupCodes.replace(tenantId, accountId, code, expected), false);
    }
    assert.equal(await factors.add(app, AT), false);
    await enrolments.finish(tenantId, accountId, AT);
    assert.equal((await enrolments.load(tenantId, accountId)).finishedAt, undefined);
    assert.equal(await factors.addFirst(app, AT), true);
  });

  test('whatever is added while a reset runs is refused or removed', async (t) => {
    const { enrolments, factors, backupCodes, tenantId, accountId, code } = await finished(makeStore, t);
    const next = { ...code, id: randomUUID() };
    const adding = Array.from({ length: 10 }, () => factors.add(appOf({ tenantId, accountId }), AT));
    await Promise.all([
      ...adding,
      enrolments.resetSecondStep(tenantId, accountId),
      backupCodes.replace(tenantId, accountId, next, code.id),
      enrolments.finish(tenantId, accountId, AT),
      ...Array.from({ length: 10 }, () => factors.add(appOf({ tenantId, accountId }), AT)),
    ]);
    assert.deepEqual(await factors.list(tenantId, accountId), []);
    const { finishedAt, backupCode } = await enrolments.load(tenantId, accountId);
    assert.deepEqual([finishedAt, backupCode], [undefined, undefined]);
  });

  test('a reset of nobody, of a newcomer and of somebody twice does nothing', async (t) => {
    const { enrolments, factors, tenantId, accountId, colleagueId } = await finished(makeStore, t);
    for (const id of [randomUUID(), colleagueId, "' or true --"]) {
      await enrolments.resetSecondStep(tenantId, id);
    }
    assert.equal((await factors.list(tenantId, accountId)).length, 1);
    for (let i = 0; i < 2; i += 1) await enrolments.resetSecondStep(tenantId, accountId);
    assert.equal(await factors.addFirst(appOf({ tenantId, accountId }), AT), true);
  });
}

function describeWalls(makeStore: MakeStore): void {
  test('in another tenant nothing is read, kept, proved or removed', async (t) => {
    const { enrolments, accounts, factors, tenantId, accountId, otherTenantId } = await finished(
      makeStore,
      t,
    );
    const [record, account] = [
      await enrolments.load(tenantId, accountId),
      await accounts.findById(tenantId, accountId),
    ];
    assert.deepEqual(await enrolments.load(otherTenantId, accountId), EMPTY);
    assert.equal(await enrolments.findQuestion(otherTenantId, accountId), undefined);
    await enrolments.skip(otherTenantId, accountId, 'app');
    await enrolments.finish(otherTenantId, accountId, AT + 9);
    const saved = { question: { ...QUESTION, key: 'pet' }, email: 'other@example.nl' };
    await enrolments.saveFirstSignIn(otherTenantId, accountId, saved, AT);
    assert.equal(await enrolments.proveEmail(otherTenantId, accountId, EMAIL), false);
    await enrolments.resetSecondStep(otherTenantId, accountId);
    assert.deepEqual(await enrolments.load(otherTenantId, accountId), EMPTY);
    assert.deepEqual(await enrolments.load(tenantId, accountId), record);
    assert.deepEqual(await accounts.findById(tenantId, accountId), account);
    assert.deepEqual(await enrolments.findQuestion(tenantId, accountId), QUESTION);
    assert.equal((await factors.list(tenantId, accountId)).length, 1);
  });
}

/** What every EnrolmentStore must do. */
export function describeEnrolmentStoreContract(name: string, makeStore: MakeStore): void {
  describe(`EnrolmentStore on ${name}`, () => {
    describeCourse(makeStore);
    describeFirstSignIn(makeStore);
    describeReset(makeStore);
    describeWalls(makeStore);
  });
}
