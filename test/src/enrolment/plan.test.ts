import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { nextPage, type Plan, planOf, previousPage, progressOf } from '#src/enrolment/plan.ts';
import { NOTHING_KNOWN } from '#src/enrolment/ports.ts';
import { next, startFlow } from '#src/sign-in/sign-in-flow.ts';
import { demand, FIRST_PLAN, facts, PAGES, play, policy } from '../sign-in/flow-events.ts';

const full = { pages: PAGES, required: [], backupCode: true, asks: 'question-and-email' as const };
const ANNA = { accountId: 'anna', loginName: 'Anna' };
const nobody = { owned: [], record: NOTHING_KNOWN, email: undefined, emailVerified: false };

describe('the plan of a sign-in', () => {
  test('walks through every page of a first sign-in in the order of the tenant, with step n of m', () => {
    assert.deepEqual(FIRST_PLAN.pages, ['sms', 'yubikey', 'app']);
    assert.deepEqual(FIRST_PLAN.course, [
      'enrol-sms',
      'enrol-yubikey',
      'enrol-app',
      'backup-code',
      'security-question',
    ]);
    assert.deepEqual(progressOf(FIRST_PLAN, 'enrol-yubikey'), { n: 2, m: 5 });
    assert.equal(progressOf(FIRST_PLAN, 'second-step'), undefined);
  });

  test('resumes at the first unfinished step (R16)', () => {
    const record = { ...NOTHING_KNOWN, skipped: ['yubikey'] };
    const plan = planOf(full, { ...nobody, owned: ['sms'], record });
    assert.equal(nextPage(plan), 'app');
    assert.equal(plan.backupCode, 'first');
    assert.equal(plan.asks, 'question-and-email');
    assert.deepEqual(progressOf(plan, 'enrol-app'), { n: 3, m: 5 });
  });

  test('of somebody whose second step was reset begins at the methods and not at the question (R16)', () => {
    const plan = planOf(full, {
      ...nobody,
      record: { ...NOTHING_KNOWN, askedQuestion: true },
    });
    assert.equal(nextPage(plan), 'sms');
    assert.equal(plan.asks, undefined);
  });

  test('of a completed first sign-in is empty, whatever the tenant offers since', () => {
    fc.assert(
      fc.property(policy, facts, (tenant, person) => {
        const record = { ...person.record, finishedAt: 1 };
        const plan = planOf({ ...tenant, required: [] }, { ...person, record });
        const lacks = !tenant.pages.some(({ kinds }) =>
          kinds.some((kind) => person.owned.some((own) => own === kind)),
        );
        assert.equal(plan.pages.length > 0, lacks, 'pages only for who has no method that is allowed');
        assert.notEqual(plan.backupCode, 'first');
        assert.equal(plan.asks, undefined);
        assert.deepEqual(plan.course, []);
      }),
    );
  });

  test('asks again for an address that is not proved, at every sign-in, and never for a proved one (R15)', () => {
    fc.assert(
      fc.property(policy, facts, (tenant, person) => {
        const plan = planOf(tenant, person);
        const open = tenant.asks !== undefined && person.email !== undefined && !person.emailVerified;
        assert.equal(plan.confirmEmail, open ? person.email : undefined);
      }),
    );
  });

  test('never lets a required method be skipped, in any policy', () => {
    fc.assert(
      fc.property(policy, facts, demand, (tenant, person, wish) => {
        const plan = planOf(tenant, person, wish);
        let flow = next(startFlow(), {
          kind: 'password-accepted',
          accountId: 'anna',
          loginName: 'Anna',
          methods: [],
          plan,
        });
        for (let skips = 0; skips < 10 && flow?.step === 'enrol'; skips += 1)
          flow = next(flow, { kind: 'skipped' });
        if (flow?.step === 'enrol') assert.ok(flow.problem !== undefined);
        else assert.ok(flow?.step === 'stronger-needed' || flow?.step === 'blocked');
      }),
    );
  });

  test('shows each page at most once on the way forward, required ones until they are done', () => {
    fc.assert(
      fc.property(policy, facts, demand, (tenant, person, wish) => {
        const plan = planOf(tenant, person, wish);
        const seen: string[] = [];
        for (let page = nextPage(plan); page !== undefined; page = nextPage(plan, page)) seen.push(page);
        assert.equal(new Set(seen).size, seen.length);
        for (const page of plan.required) assert.ok(plan.done.includes(page) || seen.includes(page), page);
      }),
    );
  });

  test('leads somebody whose methods are all forbidden now to one that is allowed', () => {
    const app = { ...full, pages: [{ page: 'app', kinds: ['totp'] }] };
    const record = { ...NOTHING_KNOWN, finishedAt: 1 };
    assert.equal(nextPage(planOf(app, { ...nobody, owned: ['sms'], record })), 'app');
  });

  test('lets nobody in on methods that are all forbidden now, however often they skip', () => {
    fc.assert(
      fc.property(policy, facts, (tenant, person) => {
        const owned: readonly string[] = person.owned;
        fc.pre(owned.length > 0);
        const forbids = tenant.pages.filter(({ kinds }) => !kinds.some((kind) => owned.includes(kind)));
        fc.pre(forbids.length > 0);
        const plan = planOf({ ...tenant, pages: forbids, required: [] }, person);
        const [method = ''] = owned;
        const proof = { method, amr: ['otp' as const], phishingResistant: false, at: 1 };
        const flow = play([
          { kind: 'password-accepted', ...ANNA, methods: [...owned], plan },
          { kind: 'factor-proved', accountId: 'anna', proof, usedUp: false },
          ...Array.from({ length: 6 }, () => ({ kind: 'skipped' as const })),
        ]);
        assert.ok(flow.step === 'enrol' && flow.problem?.kind === 'none-chosen', flow.step);
      }),
    );
  });

  test('offers a new backup code until one is kept, once the last one was used or is void (R14, R16)', () => {
    for (const finishedAt of [undefined, 1]) {
      const record = { ...NOTHING_KNOWN, finishedAt, askedQuestion: true, backupCode: 'code' };
      const planWith = (backupCodeWorks: boolean) =>
        planOf(full, { ...nobody, owned: ['totp'], record: { ...record, backupCodeWorks } });
      assert.equal(planWith(false).backupCode, 'renewed');
      assert.equal(planWith(true).backupCode, 'no');
      assert.equal(planOf({ ...full, backupCode: false }, { ...nobody, record }).backupCode, 'no');
    }
  });

  test('insists on what the application demands, unless the person has it', () => {
    const done = { ...NOTHING_KNOWN, finishedAt: 1 };
    const wish = { kinds: ['webauthn'] };
    const lacking: Plan = planOf(full, { ...nobody, owned: ['yubico-otp'], record: done }, wish);
    assert.equal(nextPage(lacking), 'yubikey', 'another method of the same page does not do');
    assert.equal(lacking.demand, 'set-up');
    assert.equal(nextPage(planOf(full, { ...nobody, owned: ['webauthn'], record: done }, wish)), undefined);
    assert.equal(
      planOf(full, { ...nobody, owned: ['totp'], record: done }, { kinds: [] }).demand,
      'impossible',
    );
  });

  test('goes back page by page', () => {
    assert.equal(previousPage(FIRST_PLAN, 'app'), 'yubikey');
    assert.equal(previousPage(FIRST_PLAN, 'sms'), undefined);
  });
});
