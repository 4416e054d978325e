import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { createSealer, masterKeyFrom } from '#adapters/crypto/sealer.ts';
import { createMemoryFlowStore } from '#adapters/memory/flow-store.ts';
import { PHONE_KIND, phoneData } from '#src/message/phone-factor.ts';
import { createChangePhone } from '#src/settings/change-phone.ts';
import { createSetUp } from '#src/settings/set-up.ts';
import { createTaskKeeper } from '#src/settings/task-keeper.ts';
import type { SettingsTurn } from '#src/settings/turn.ts';
import type { FlowStore } from '#src/sign-in/ports.ts';
import { sampleAccount } from '../../support/sample-account.ts';
import { smsMethodOver } from '../../support/sms-method.ts';
import { createMessageBench, MOBILE, newAddress, newTenant } from '../message/message-bench.ts';

const NEW_NUMBER = '0687654321';
const OLD = 'factor-1';

/** Everything that a press reads and writes happens when the scheduler says so. */
function scheduled(flows: FlowStore, scheduler: fc.Scheduler): FlowStore {
  const load = scheduler.scheduleFunction(flows.load);
  const save = scheduler.scheduleFunction(flows.save);
  return { ...flows, load, save };
}

/** Somebody with one proved number, who asks for codes to another one. */
function settingsOf(scheduler: fc.Scheduler) {
  const bench = createMessageBench();
  const { clock, factors, courier } = bench;
  const tenant = newTenant();
  const account = sampleAccount({ tenantId: tenant.id });
  factors.all.push({
    ...{ id: OLD, tenantId: tenant.id, accountId: account.id, kind: PHONE_KIND, label: 'werk' },
    ...{ data: phoneData(MOBILE), identity: undefined, lastCounter: undefined },
    ...{ createdAt: 0, lastUsedAt: undefined },
  });
  const sealer = createSealer({ current: masterKeyFrom(randomBytes(32).toString('base64')), previous: [] });
  const flows = createMemoryFlowStore({ clock });
  const unasked = async () => assert.fail('a press on that button asks for no such thing');
  const changePhoneOver = (over: FlowStore) => {
    const settingsEvents = { codeRequested() {}, refused() {}, phoneChanged() {} };
    const given = { methods: [smsMethodOver(bench).method], settingsEvents, clock };
    const tasks = createTaskKeeper({ flows: over, sealer });
    const deliveries = { find: unasked };
    const setUps = createSetUp({ ...given, factors, tasks, enrolFactor: unasked, deliveries });
    return createChangePhone({
      ...{ ...given, setUps },
      ...{ factors: { ...factors, prefer: unasked }, notices: { tell: unasked } },
    });
  };
  const session = { uid: randomUUID(), accountId: account.id, signedInAt: 0, lastUsedAt: 0 };
  const turn: SettingsTurn = {
    ...{ tenant, tenantId: tenant.id, account, locale: 'nl' as const, address: newAddress() },
    ...{ reference: randomUUID(), interaction: randomUUID() },
    session: { ...session, facts: undefined, applications: [] },
  };
  const pressed = changePhoneOver(scheduled(flows, scheduler));
  return {
    sent: courier.sent,
    press: () => pressed.request(turn, { factor: OLD, phone: NEW_NUMBER, channel: 'sms' }),
    current: () => changePhoneOver(flows).current(turn),
  };
}

test('whatever way presses on one button come between each other, one code leaves and its page is there', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.integer({ min: 1, max: 3 }), async (scheduler, presses) => {
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
