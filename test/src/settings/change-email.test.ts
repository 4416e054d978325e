import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createEmailCode } from '#src/message/email-code.ts';
import { createChangeEmail } from '#src/settings/change-email.ts';
import { createEmailTasks } from '#src/settings/email-task.ts';
import { methodContext } from '#src/settings/turn.ts';
import { codeIn, createAtOnce, createSettingsBench, RUNS, times } from './settings-bench.ts';

const ONE = 'een@voorbeeld.example';
const OTHER = 'ander@voorbeeld.example';

/** Somebody without an address, who wants one. */
function settingsOf(scheduler: fc.Scheduler) {
  const bench = createSettingsBench(scheduler);
  const { turn, tasks, courier, clock } = bench;
  let now = bench.account;
  const recorded: string[] = [];
  const told: string[] = [];
  const codeSender = createEmailCode({
    ...bench,
    render: (_, code) => ({ subject: '', text: code, html: '' }),
  });
  const changes = createChangeEmail({
    emailTasks: createEmailTasks({ tasks }),
    emailCode: codeSender,
    accounts: {
      findById: scheduler.scheduleFunction(async () => now),
      changeEmail: scheduler.scheduleFunction(async (_tenant, _id, { email, expected }) => {
        if (now.email !== expected) return false;
        now = { ...now, email, emailVerified: true };
        return true;
      }),
    },
    notices: { tell: async (_, what) => void told.push(what) },
    settingsEvents: {
      ...{ refused() {}, emailChangeAsked() {} },
      emailChanged: (_, { proved }) => void recorded.push(proved),
    },
    clock,
  });
  const atOnce = createAtOnce(scheduler);
  const alone = async <Answer>(press: () => Promise<Answer>): Promise<Answer | undefined> =>
    (await atOnce([press]))[0];
  const current = () => alone(() => changes.current(turn));
  return {
    breakSaves: bench.breakSaves,
    ...{ recorded, told, atOnce, alone, current, sent: courier.sent, email: () => now.email },
    ask: (email: string) => () => changes.ask(turn, email),
    prove: (typed: { id: string; code: string }) => () => changes.prove(turn, typed),
    sendAgain: (id: string) => () => changes.sendAgain(turn, id),
    /** Another browser of the person asks for another address: its code takes the place of the one before. */
    askElsewhere: async (): Promise<unknown> =>
      codeSender.send({ ...methodContext(turn, clock.now()), interaction: 'elsewhere' }, OTHER),
    cancel: async (): Promise<unknown> => changes.cancel(turn),
    /** The page of the code that was mailed last, and that code. */
    async atCode() {
      const task = await current();
      assert.ok(task?.step === 'code', 'the code that left has no page');
      const mail = courier.sent.at(-1);
      assert.equal(task.email, mail?.to, 'the page is of another address than the newest code');
      return { id: task.id, code: codeIn(mail) };
    },
    /** Another mail to the same address may leave. */
    waited: () => clock.advance(120_000),
  };
}

describe('whatever way they come between each other', () => {
  test('presses that ask for an address come to one mail, its page, and a code that works', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), times, async (scheduler, presses) => {
        const { atOnce, ask, atCode, prove, alone, sent, email } = settingsOf(scheduler);
        await atOnce(Array.from({ length: presses }, () => ask(ONE)));
        assert.equal(sent.length, 1);
        assert.equal(await alone(prove(await atCode())), 'changed');
        assert.equal(email(), ONE);
      }),
      RUNS,
    );
  });

  test('two windows that ask for two addresses come to the page of the code that works', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const { atOnce, ask, current, sent, alone, prove, email } = settingsOf(scheduler);
        await atOnce([ask(ONE), ask(OTHER)]);
        const task = await current();
        assert.ok(task?.step === 'code');
        const code = codeIn(sent.find(({ to }) => to === task.email));
        assert.equal(await alone(prove({ id: task.id, code })), 'changed');
        assert.equal(email(), task.email);
      }),
      RUNS,
    );
  });

  test('a code that another browser made worthless has no page: the person is told so, and asks again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const { atOnce, ask, askElsewhere, current } = settingsOf(scheduler);
        const [turn] = await atOnce<unknown>([ask(ONE), askElsewhere]);
        const task = await current();
        if (turn === 'code') return assert.equal(task?.step, 'code');
        assert.ok(turn === 'address' && task?.step === 'address');
        assert.deepEqual(task, { step: 'address', typed: ONE, problem: { kind: 'other-window' } });
      }),
      RUNS,
    );
  });

  test('presses that prove an address change, record and tell it once, and each is told the truth', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), times, async (scheduler, presses) => {
        const { alone, atOnce, ask, atCode, prove, recorded, told, email } = settingsOf(scheduler);
        await alone(ask(ONE));
        const typed = await atCode();
        const answers = await atOnce(Array.from({ length: presses }, () => prove(typed)));
        assert.equal(answers.filter((answer) => answer === 'changed').length, 1);
        assert.deepEqual([recorded, told, email()], [['new'], ['email-replaced'], ONE]);
        assert.equal(await alone(prove(typed)), 'already');
      }),
      RUNS,
    );
  });

  test('a proof, another mail and another address leave what is done done', async () => {
    const presses = fc.array(fc.constantFrom('prove', 'send again', 'ask'), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), presses, async (scheduler, names) => {
        const { alone, atOnce, ask, atCode, prove, sendAgain, waited, ...after } = settingsOf(scheduler);
        await alone(ask(ONE));
        const typed = await atCode();
        waited();
        const press = { prove: prove(typed), 'send again': sendAgain(typed.id), ask: ask(OTHER) };
        await atOnce(names.map((name) => press[name]));
        const task = await after.current();
        assert.equal(after.recorded.length, after.email() === ONE ? 1 : 0);
        if (task?.step !== 'code') return;
        assert.ok(task.email !== after.email(), 'the page asks for a code of what is proved already');
      }),
    );
  });

  test('a change that is cancelled is not brought back by a mail that leaves meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const { alone, atOnce, ask, atCode, sendAgain, cancel, waited, current } = settingsOf(scheduler);
        await alone(ask(ONE));
        const { id } = await atCode();
        waited();
        await atOnce<unknown>([sendAgain(id), cancel]);
        assert.notEqual((await current())?.step, 'code');
      }),
      RUNS,
    );
  });
});

test('an address that was replaced is told also where what was half done can not be put away', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const { alone, ask, atCode, prove, told, breakSaves } = settingsOf(scheduler);
      await alone(ask(ONE));
      const typed = await atCode();
      breakSaves();
      await assert.rejects(alone(prove(typed)), /the store is down/);
      assert.deepEqual(told, ['email-replaced']);
    }),
    RUNS,
  );
});
