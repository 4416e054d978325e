import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PHONE_KIND, phoneData } from '#src/message/phone-factor.ts';
import { createChangePhone } from '#src/settings/change-phone.ts';
import { createSetUp } from '#src/settings/set-up.ts';
import { smsMethodOver } from '../../support/sms-method.ts';
import { MOBILE } from '../message/message-bench.ts';
import { createSettingsBench, times } from './settings-bench.ts';

const NEW_NUMBER = '0687654321';
const OLD = 'factor-1';

/** Somebody with one proved number, who asks for codes to another one. */
function settingsOf(scheduler: fc.Scheduler) {
  const bench = createSettingsBench(scheduler);
  const { clock, factors, courier, tenant, account, turn, tasks } = bench;
  factors.all.push({
    ...{ id: OLD, tenantId: tenant.id, accountId: account.id, kind: PHONE_KIND, label: 'werk' },
    ...{ data: phoneData(MOBILE), identity: undefined, lastCounter: undefined },
    ...{ createdAt: 0, lastUsedAt: undefined },
  });
  const unasked = async () => assert.fail('a press on that button asks for no such thing');
  const settingsEvents = { codeRequested() {}, refused() {}, phoneChanged() {} };
  const given = { methods: [smsMethodOver(bench).method], settingsEvents, clock };
  const deliveries = { find: unasked };
  const setUps = createSetUp({ ...given, factors, tasks, enrolFactor: unasked, deliveries });
  const changePhone = createChangePhone({
    ...{ ...given, setUps },
    ...{ factors: { ...factors, prefer: unasked }, notices: { tell: unasked } },
  });
  return {
    sent: courier.sent,
    press: () => changePhone.request(turn, { factor: OLD, phone: NEW_NUMBER, channel: 'sms' }),
    current: () => scheduler.waitFor(changePhone.current(turn)),
  };
}

test('whatever way presses on one button come between each other, one code leaves and its page is there', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), times, async (scheduler, presses) => {
      const { press, sent, current } = settingsOf(scheduler);
      const answers = Array.from({ length: presses }, press);
      await scheduler.waitFor(Promise.all(answers));
      assert.equal(sent.length, 1);
      const setUp = await current();
      assert.ok(setUp?.sent !== undefined, 'the code that left is not known any more');
      assert.equal(setUp.replaces, OLD);
    }),
  );
});
