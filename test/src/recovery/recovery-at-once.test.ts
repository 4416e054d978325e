import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createDigester } from '#adapters/crypto/digester.ts';
import { createSealer, masterKeyFrom } from '#adapters/crypto/sealer.ts';
import { createMemoryFlowStore } from '#adapters/memory/flow-store.ts';
import { createMemoryThrottleStore } from '#adapters/memory/throttle-store.ts';
import type { Account } from '#src/account/account.ts';
import type { AccountStore } from '#src/account/ports.ts';
import { createSecurityQuestions } from '#src/enrolment/security-question.ts';
import { STRANGERS } from '#src/lockout/ports.ts';
import { createTryLimiter } from '#src/lockout/try-limiter.ts';
import { createAnswerQuestion } from '#src/recovery/answer-question.ts';
import { createMailLinks } from '#src/recovery/mail-links.ts';
import type { MailLink, NewMailLink } from '#src/recovery/ports.ts';
import type { RecoveryTurn, SpendOutcome } from '#src/recovery/recovery.ts';
import type { RecoveryFlow } from '#src/recovery/recovery-flow.ts';
import { createRecoveryKeeper } from '#src/recovery/recovery-keeper.ts';
import { createSetPassword } from '#src/recovery/set-password.ts';
import { createSpendLink } from '#src/recovery/spend-link.ts';
import type { PasswordHasher } from '#src/secret/ports.ts';
import { createTestClock } from '../../support/clock.ts';
import { sampleAccount } from '../../support/sample-account.ts';
import { newAddress, newTenant } from '../message/message-bench.ts';

const ANSWER = 'Mevrouw Snoezepoes';
const HOUR = 3_600_000;

/** What a hash costs makes no difference here. */
const hasher: PasswordHasher = {
  hash: async (password) => password,
  verify: async (hash, password) => ({ ok: hash === password, outdated: false }),
};

/** One link, by the rules of the store: good for the browser that was first, and for that one again. */
function createLinks(scheduler: fc.Scheduler) {
  let kept: NewMailLink | undefined;
  let spender: string | undefined;
  const linkOf = ({ tokenHash: _token, codeDigest: _code, ...link }: NewMailLink): MailLink => ({
    ...{ ...link, openedAt: undefined, spentAt: undefined },
  });
  return {
    issue: async (_tenant: string, link: NewMailLink) => {
      kept = link;
      return true;
    },
    find: scheduler.scheduleFunction(async () =>
      kept !== undefined && spender === undefined ? linkOf(kept) : undefined,
    ),
    spend: scheduler.scheduleFunction(async (_tenant: string, _hash: string, by: string) => {
      spender ??= by;
      return kept !== undefined && spender === by ? linkOf(kept) : undefined;
    }),
  };
}

type PasswordChange = Parameters<AccountStore['changePassword']>[2];

/** The account of one person, by the rules of the store. */
function createAccounts(first: Account, scheduler: fc.Scheduler) {
  let now = first;
  let passwordHash = 'an old one';
  return {
    password: () => passwordHash,
    findById: scheduler.scheduleFunction(async () => now),
    findForSignIn: scheduler.scheduleFunction(async () => ({
      ...{ account: now, passwordHash, lane: STRANGERS, laneBlockedAt: undefined },
    })),
    changePassword: scheduler.scheduleFunction(
      async (_tenant: string, _id: string, change: PasswordChange) => {
        const { seen = now } = change;
        if (seen.passwordChangedAt !== now.passwordChangedAt) return false;
        now = { ...now, passwordChangedAt: change.at };
        passwordHash = change.hash;
        return true;
      },
    ),
  };
}

/** The account of somebody with a security question, and what the turns of its recovery are made of. */
async function createParts(scheduler: fc.Scheduler) {
  const clock = createTestClock();
  const digester = createDigester(randomBytes(32));
  const sealer = createSealer({ current: masterKeyFrom(randomBytes(32).toString('base64')), previous: [] });
  const tenant = newTenant();
  const account = sampleAccount({
    tenantId: tenant.id,
    email: 'anna@voorbeeld.example',
    emailVerified: true,
  });
  const flows = createMemoryFlowStore({ clock });
  const load = scheduler.scheduleFunction(flows.load);
  const save = scheduler.scheduleFunction(flows.save);
  const keeper = createRecoveryKeeper({ flows: { ...flows, load, save }, sealer });
  const links = createLinks(scheduler);
  const accounts = createAccounts(account, scheduler);
  const mailLinks = createMailLinks({ links, digester, clock });
  const questions = createSecurityQuestions({ hasher, digester });
  const answerHash = await questions.hash(account.id, ANSWER);
  const throttle = createMemoryThrottleStore({ clock });
  const told: string[] = [];
  const events = { linkUsed() {}, questionAnswered() {}, passwordRefused() {}, passwordChanged() {} };
  const unasked = async () => assert.fail('no code is typed');
  const parts = {
    ...{ keeper, mailLinks, questions, throttle, digester, events, hasher, clock },
    openTry: createTryLimiter({ throttle, clock }),
    accounts: { ...accounts, findForRecovery: unasked },
    links: { ...links, opened: unasked, spendByCode: unasked },
    enrolments: { findQuestion: async () => ({ key: 'pet', text: 'Hoe heette uw huisdier?', answerHash }) },
    judgeNewPassword: async ({ typed }: { typed: string }) =>
      typed === '' ? ({ kind: 'refused', faults: ['empty'] } as const) : ({ kind: 'taken' } as const),
    endAccount: scheduler.scheduleFunction(async () => ({ sessions: 0, grants: 0 })),
    tell: async (_tenant: object, _id: string, what: string) => void told.push(what),
  };
  return { parts, account, told, password: accounts.password };
}

/** Somebody who forgot the password, and has a link to a new one in the mail. */
async function lostPassword(scheduler: fc.Scheduler) {
  const { parts, account, told, password } = await createParts(scheduler);
  const { mailLinks, keeper } = parts;
  const tenant = newTenant();
  const issued = await mailLinks.issue({ tenant, account, purpose: 'reset', life: HOUR });
  const { token } = issued ?? assert.fail('there is no link');
  const { spendLink } = createSpendLink(parts);
  const atOnce = <Answer>(presses: readonly (() => Promise<Answer>)[]): Promise<Answer[]> =>
    scheduler.waitFor(Promise.all(presses.map((press) => press())));
  const browser = (flowId: string): RecoveryTurn => ({
    ...{ tenant, tenantId: tenant.id, locale: 'nl', flowId, reference: randomUUID() },
    ...{ interaction: 'trace', address: newAddress() },
  });
  const answer = createAnswerQuestion(parts);
  const setPassword = createSetPassword(parts);
  return {
    ...{ atOnce, told, password },
    pressLink: (flowId: string) => () => spendLink(browser(flowId), token),
    answer: (flowId: string, typed: string) => () => answer(browser(flowId), typed),
    setPassword: (flowId: string, typed: string) => () => setPassword(browser(flowId), typed),
    current: async (flowId: string): Promise<RecoveryFlow | undefined> =>
      (await atOnce([() => keeper.load(browser(flowId))]))[0]?.flow,
  };
}

/** The secret that a browser goes on with. */
function goesOn(outcome: SpendOutcome | undefined): string {
  assert.ok(outcome?.kind === 'spent', 'the link works no more');
  return outcome.flowId;
}

const times = fc.integer({ min: 1, max: 3 });

describe('whatever way they come between each other', () => {
  test('presses on a link in one browser each lead on to the question, and in another browser nowhere', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), times, async (scheduler, presses) => {
        const { atOnce, pressLink, current } = await lostPassword(scheduler);
        const outcomes = await atOnce(Array.from({ length: presses }, () => pressLink('own')));
        for (const outcome of outcomes) assert.equal((await current(goesOn(outcome)))?.step, 'question');
        assert.deepEqual(await atOnce([pressLink('other')]), [{ kind: 'dead' }]);
      }),
      { numRuns: 50 },
    );
  });

  test('a right answer to the question is not lost to wrong and empty ones', async () => {
    const typed = fc.shuffledSubarray(['zomaar wat', '', 'nog iets'], { maxLength: 2 });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), typed, async (scheduler, others) => {
        const { atOnce, pressLink, answer, current } = await lostPassword(scheduler);
        const flowId = goesOn((await atOnce([pressLink('own')]))[0]);
        await atOnce([...others, ANSWER].map((text) => answer(flowId, text)));
        assert.equal((await current(flowId))?.step, 'new-password');
      }),
      { numRuns: 50 },
    );
  });

  test('of new passwords, an empty one too, one counts, is told once, and its person is done', async () => {
    const typed = fc.shuffledSubarray(['', 'een-andere', 'nog-een'], { maxLength: 2 });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), typed, async (scheduler, others) => {
        const { atOnce, pressLink, answer, setPassword, current, told, password } =
          await lostPassword(scheduler);
        const flowId = goesOn((await atOnce([pressLink('own')]))[0]);
        await atOnce([answer(flowId, ANSWER)]);
        const all = [...others, 'een-nieuwe'];
        await atOnce(all.map((text) => setPassword(flowId, text)));
        assert.deepEqual(told, ['password-changed']);
        assert.ok(password() !== '' && all.includes(password()));
        assert.equal((await current(flowId))?.step, 'done');
      }),
      { numRuns: 50 },
    );
  });
});
