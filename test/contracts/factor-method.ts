import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '#src/errors.ts';
import {
  type FactorMethod,
  isGuess,
  type MethodContext,
  type SetUpAnswer,
  type SignInCheck,
  type Typed,
} from '#src/sign-in/factor.ts';
import type { Factor } from '#src/sign-in/ports.ts';

/** Answers that a person could give at a moment: `context` says when and where. */
export interface PreparedAnswers {
  context: MethodContext;
  right: Typed;
  /** As well formed as the right one, and just as fresh. Only one of the two is given. */
  wrong: Typed;
}

/** A method with everything behind it, and how a person works with it. Made anew for each test. */
export interface FactorMethodSetting {
  method: FactorMethod;
  /** Two people of one tenant, each in an interaction of their own. */
  people: readonly [MethodContext, MethodContext];
  /** Gets a set-up ready to be proved; absent where the method has none. */
  prepareSetUp?: (context: MethodContext) => Promise<PreparedAnswers & { pending: string | undefined }>;
  /** Gets a sign-in ready to be answered; `factors` are what was set up by prepareSetUp, or none. */
  prepareSignIn(context: MethodContext, factors: readonly Factor[]): Promise<PreparedAnswers>;
  /** What can't be an answer, beside nothing at all. */
  malformed: readonly Typed[];
}

type MakeSetting = () => FactorMethodSetting | Promise<FactorMethodSetting>;

const EMPTY: Typed = { code: '', phone: '', credential: '' };

/** What the store would keep of a proved set-up. */
function keep(context: MethodContext, { kind }: FactorMethod, proved: SetUpAnswer): Factor {
  assert.ok(proved.ok, `the right answer was refused: ${JSON.stringify(proved)}`);
  const { data, identity, counter: lastCounter } = proved;
  const owner = { tenantId: context.tenant.id, accountId: context.accountId, kind, label: '' };
  const times = { createdAt: context.now, lastUsedAt: context.now };
  return { ...owner, ...times, id: randomUUID(), data, identity, lastCounter };
}

/** Sets the method up for a person, and leaves what the store would keep. None where it needs no setting up. */
async function setUpFor(
  { method, prepareSetUp }: FactorMethodSetting,
  person: MethodContext,
): Promise<Factor[]> {
  if (prepareSetUp === undefined || method.setUp === undefined) return [];
  const { context, pending, right } = await prepareSetUp(person);
  return [keep(context, method, await method.setUp.prove(context, pending, right))];
}

/** The factors after a use was recorded by the rules of FactorStore; undefined when it is refused as a replay. */
function afterUse(factors: readonly Factor[], check: SignInCheck): Factor[] | undefined {
  assert.ok(check.ok, `refused: ${JSON.stringify(check)}`);
  if (check.factorId === undefined) return [...factors];
  const { factorId, use } = check;
  assert.ok(factors.some(({ id }) => id === factorId));
  const used = factors.map((factor) => {
    if (factor.id !== factorId) return factor;
    if (use.counter !== undefined && use.counter <= (factor.lastCounter ?? -1)) return undefined;
    return { ...factor, data: use.data ?? factor.data, lastCounter: use.counter ?? factor.lastCounter };
  });
  const accepted = used.filter((factor) => factor !== undefined);
  return accepted.length === factors.length ? accepted : undefined;
}

/** Whether an answer signs in with these factors, the store's word included. */
async function signsIn(
  { method }: FactorMethodSetting,
  context: MethodContext,
  factors: Factor[],
  typed: Typed,
) {
  const check = await method.signIn.check(context, factors, typed);
  return check.ok && afterUse(factors, check) !== undefined;
}

function describeSelf(make: MakeSetting): void {
  test('it says what it is in words that others can use', async () => {
    const { method, people } = await make();
    assert.match(method.kind, /^[a-z][a-z0-9-]{0,39}$/);
    assert.match(method.icon, /^[a-z][a-z-]*$/);
    if (method.setUp) assert.match(method.setUp.page, /^[a-z][a-z-]*$/);
    const { type, name } = method.signIn.field(people[0], [], undefined);
    assert.ok(type === 'passkey' ? name === 'credential' : ['code', 'phone'].includes(name));
    if (method.channels(people[0].tenant).length > 0)
      assert.ok(method.signIn.send, 'has channels and sends nothing');
  });

  test('what it makes its proof worth is for the caller to complete: never a password, never several steps', async () => {
    const setting = await make();
    const [person] = setting.people;
    const factors = await setUpFor(setting, person);
    const { context, right } = await setting.prepareSignIn(person, factors);
    const check = await setting.method.signIn.check(context, factors, right);
    assert.ok(check.ok);
    const { amr, phishingResistant } = check.proof;
    assert.ok(amr.length > 0 && !amr.includes('pwd') && !amr.includes('mfa'), amr.join(' '));
    assert.ok(!phishingResistant || setting.method.phishingResistant, 'a use claims more than the method');
  });
}

function describeSetUp(make: MakeSetting): void {
  test('a wrong answer proves no set-up, and is a guess', async () => {
    const { method, people, prepareSetUp } = await make();
    if (!prepareSetUp) return;
    const { context, pending, wrong } = await prepareSetUp(people[0]);
    const answer = await method.setUp?.prove(context, pending, wrong);
    assert.ok(answer && !answer.ok && isGuess(answer.reason), JSON.stringify(answer));
  });

  test('nothing, and what can be no answer, proves no set-up and is no guess', async () => {
    const setting = await make();
    const { method, people, prepareSetUp, malformed } = setting;
    if (!prepareSetUp) return;
    for (const typed of [{}, EMPTY, ...malformed]) {
      const { context, pending } = await prepareSetUp(people[0]);
      const answer = await method.setUp?.prove(context, pending, typed);
      assert.ok(answer && !answer.ok && !isGuess(answer.reason), JSON.stringify({ typed, answer }));
    }
  });

  test('the answer that proved a set-up signs nobody in', async () => {
    const setting = await make();
    const { prepareSetUp, method } = setting;
    if (!prepareSetUp || !method.setUp) return;
    const { context, pending, right } = await prepareSetUp(setting.people[0]);
    const factor = keep(context, method, await method.setUp.prove(context, pending, right));
    assert.equal(await signsIn(setting, context, [factor], right), false);
  });
}

function describeSignIn(make: MakeSetting): void {
  test('the right answer signs in with what was set up, once', async () => {
    const setting = await make();
    const [person] = setting.people;
    const factors = await setUpFor(setting, person);
    const { context, right } = await setting.prepareSignIn(person, factors);
    assert.equal(setting.method.signIn.isPlausible(right), true);
    const used = afterUse(factors, await setting.method.signIn.check(context, factors, right));
    assert.ok(used, 'the first use was refused as a replay');
    assert.equal(await signsIn(setting, context, used, right), false, 'worked twice');
  });

  test('of 20 right answers at once one is accepted', async () => {
    const setting = await make();
    const [person] = setting.people;
    let factors = await setUpFor(setting, person);
    const { context, right } = await setting.prepareSignIn(person, factors);
    const asked = Array.from({ length: 20 }, () => setting.method.signIn.check(context, factors, right));
    let accepted = 0;
    for (const check of await Promise.all(asked)) {
      const used = check.ok ? afterUse(factors, check) : undefined;
      if (used === undefined) continue;
      factors = used;
      accepted += 1;
    }
    assert.equal(accepted, 1);
  });

  test('a wrong answer is a guess and signs nobody in', async () => {
    const setting = await make();
    const [person] = setting.people;
    const factors = await setUpFor(setting, person);
    const { context, wrong } = await setting.prepareSignIn(person, factors);
    assert.equal(setting.method.signIn.isPlausible(wrong), true);
    const check = await setting.method.signIn.check(context, factors, wrong);
    assert.ok(!check.ok && isGuess(check.reason), JSON.stringify(check));
  });

  test('nothing, and what can be no answer, is not plausible and no guess', async () => {
    const setting = await make();
    const [person] = setting.people;
    const factors = await setUpFor(setting, person);
    for (const typed of [{}, EMPTY, ...setting.malformed]) {
      const { context } = await setting.prepareSignIn(person, factors);
      assert.equal(setting.method.signIn.isPlausible(typed), false, JSON.stringify(typed));
      const check = await setting.method.signIn.check(context, factors, typed);
      assert.ok(!check.ok && !isGuess(check.reason), JSON.stringify({ typed, check }));
    }
  });

  test('a right answer is worth nothing to another person, nor to one who has the method no more', async () => {
    const setting = await make();
    const [person, stranger] = setting.people;
    const factors = await setUpFor(setting, person);
    const strangers = await setUpFor(setting, stranger);
    const first = await setting.prepareSignIn(person, factors);
    const elsewhere = { ...stranger, now: first.context.now };
    assert.equal(await signsIn(setting, elsewhere, strangers, first.right), false, 'signed a stranger in');
    if (factors.length === 0) return;
    const second = await setting.prepareSignIn(person, factors);
    assert.equal(
      await signsIn(setting, second.context, [], second.right),
      false,
      'signed in without a factor',
    );
  });

  test('whatever a form brings, it neither signs in nor breaks', async () => {
    const setting = await make();
    const [person] = setting.people;
    const factors = await setUpFor(setting, person);
    const { context } = await setting.prepareSignIn(person, factors);
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.stringMatching(/^[0-9]{0,9}$/));
    const anything = fc.record({ code: text, phone: text, credential: text }, { requiredKeys: [] });
    await fc.assert(
      fc.asyncProperty(anything, async (typed) => {
        setting.method.signIn.isPlausible(typed);
        const check = await setting.method.signIn.check(context, factors, typed);
        assert.equal(check.ok, false);
      }),
    );
  });
}

function describeData(make: MakeSetting): void {
  test('data that is not its own is a failure that does not quote it', async () => {
    const setting = await make();
    const [person] = setting.people;
    const [factor] = await setUpFor(setting, person);
    if (factor === undefined) return;
    const foreign = [
      '',
      '{',
      '"geheim"',
      '{"geheim":1}',
      `${factor.data.slice(0, -1)},"geheim":1}`,
      '[]',
      'null',
    ];
    for (const data of foreign) {
      const { context, right } = await setting.prepareSignIn(person, [factor]);
      await assert.rejects(
        setting.method.signIn.check(context, [{ ...factor, data }], right),
        (error) =>
          error instanceof AppError &&
          error.code === 'internal' &&
          error.cause === undefined &&
          !error.message.includes('geheim'),
        data,
      );
    }
  });
}

/** What every second-step method must keep, whatever it is (FactorMethod). */
export function describeFactorMethod(name: string, make: MakeSetting): void {
  describe(`second-step method, ${name}`, () => {
    describeSelf(make);
    describeSetUp(make);
    describeSignIn(make);
    describeData(make);
  });
}
