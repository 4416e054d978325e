import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { NOTHING_KNOWN } from '#src/enrolment/ports.ts';
import { PHONE_KIND, phoneData } from '#src/message/phone-factor.ts';
import { createSendBackupCode } from '#src/message/send-backup-code.ts';
import { createSendToPhone } from '#src/message/send-to-phone.ts';
import type { PasswordHasher } from '#src/secret/ports.ts';
import { createOwnBackupCode } from '#src/settings/backup-code.ts';
import { createBackupCodes } from '#src/sign-in/backup-code.ts';
import type { BackupCode, BackupCodeStore } from '#src/sign-in/ports.ts';
import { MOBILE } from '../message/message-bench.ts';
import { createAtOnce, createSettingsBench, RUNS, times } from './settings-bench.ts';

/** What a hash costs makes no difference here. */
const hasher: PasswordHasher = {
  hash: async (password) => password,
  verify: async (hash, password) => ({ ok: hash === password, outdated: false }),
};

/** One backup code at most, by the rules of the store. */
function createStore(scheduler: fc.Scheduler) {
  let kept: BackupCode | undefined;
  const store: BackupCodeStore = {
    find: scheduler.scheduleFunction(async () => kept),
    replace: scheduler.scheduleFunction(async (_tenant, _account, next, expected) => {
      if (kept?.id !== expected) return false;
      kept = next;
      return true;
    }),
    countTry: async () => true,
    use: async () => true,
  };
  return {
    store,
    made: scheduler.scheduleFunction(async () => ({ ...NOTHING_KNOWN, backupCode: kept?.id })),
  };
}

/** Somebody with a number and no backup code yet. */
function settingsOf(scheduler: fc.Scheduler) {
  const bench = createSettingsBench(scheduler);
  const { tenant, account, turn, tasks, factors, digester, clock, courier } = bench;
  factors.all.push({
    ...{ id: 'sms', tenantId: tenant.id, accountId: account.id, kind: PHONE_KIND, label: '' },
    ...{ data: phoneData(MOBILE), identity: undefined, lastCounter: undefined, createdAt: 0, lastUsedAt: 0 },
  });
  const { store, made } = createStore(scheduler);
  const codes = createBackupCodes({ store, hasher, digester });
  const recorded: string[] = [];
  const told: string[] = [];
  const own = createOwnBackupCode({
    ...{ tasks, store, clock, backupCodes: codes, enrolments: { load: made } },
    sender: createSendBackupCode({
      ...{ courier, factors, digester, sendToPhone: createSendToPhone(bench) },
      write: (_, code) => code,
    }),
    notices: { tell: async (_, what) => void told.push(what) },
    settingsEvents: {
      ...{ codeRequested() {}, refused() {} },
      backupCodeMade: (_, of) => void recorded.push(of.account),
    },
  });
  const atOnce = createAtOnce(scheduler);
  const task = async () => (await atOnce([() => own.task(turn)]))[0];
  const shown = async () => {
    const now = await task();
    return now?.stage === 'shown' ? now : assert.fail('no code is shown');
  };
  return {
    ...{ atOnce, task, shown, recorded, told, sent: courier.sent },
    make: () => own.make(turn),
    keep: (id: string) => () => own.keep(turn, id),
    send: (id: string) => () => own.send(turn, id),
    async works(code: string): Promise<boolean> {
      const check = () => codes.check(turn.tenantId, account.id, code, clock.now());
      return (await atOnce([check]))[0] === 'right';
    },
  };
}

describe('whatever way they come between each other', () => {
  test('presses that make a code show one, and it works once it is confirmed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), times, async (scheduler, presses) => {
        const { atOnce, make, shown, keep, works } = settingsOf(scheduler);
        await atOnce(Array.from({ length: presses }, () => make));
        const { id, code } = await shown();
        assert.ok(!(await works(code)), 'it counts before it is confirmed');
        assert.deepEqual(await atOnce([keep(id)]), ['kept']);
        assert.ok(await works(code));
      }),
      RUNS,
    );
  });

  test('presses that confirm a code are recorded and told once, and each is told that it counts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), times, async (scheduler, presses) => {
        const { atOnce, make, shown, keep, works, recorded, told } = settingsOf(scheduler);
        await atOnce([make]);
        const { id, code } = await shown();
        const answers = await atOnce(Array.from({ length: presses }, () => keep(id)));
        assert.deepEqual(answers.toSorted(), ['kept', ...Array(presses - 1).fill('already')].toSorted());
        assert.deepEqual([recorded.length, told], [1, ['backup-code-made']]);
        assert.ok(await works(code));
      }),
      RUNS,
    );
  });

  test('a code that is confirmed while another is asked for counts and is told, and the other one is shown', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const { atOnce, make, shown, keep, works, task, recorded, told } = settingsOf(scheduler);
        await atOnce([make]);
        const { id, code } = await shown();
        const [one, other] = await atOnce<unknown>([keep(id), keep(id), make]);
        assert.ok([one, other].includes('kept'));
        assert.deepEqual([recorded.length, told], [1, ['backup-code-made']]);
        const now = await task();
        assert.ok(await works(code));
        if (now?.stage !== 'shown') return;
        assert.notEqual(now.id, id, 'it is shown as one that does not count yet');
        assert.deepEqual(await atOnce([keep(now.id)]), ['kept']);
        assert.deepEqual([await works(now.code), await works(code)], [true, false]);
      }),
    );
  });

  test('presses that send the code send it once, and its page says so', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), times, async (scheduler, presses) => {
        const { atOnce, make, shown, send, sent } = settingsOf(scheduler);
        await atOnce([make]);
        const { id, code } = await shown();
        await atOnce(
          Array.from({ length: presses }, () => send(id)),
          0,
        );
        assert.deepEqual(
          sent.map(({ text }) => text),
          [code],
        );
        assert.deepEqual((await shown()).sms, { kind: 'sent' });
      }),
      RUNS,
    );
  });
});
