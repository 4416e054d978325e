import { randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { createSealer, masterKeyFrom } from '#adapters/crypto/sealer.ts';
import { createMemoryFlowStore } from '#adapters/memory/flow-store.ts';
import { createOneTimeCodes } from '#src/message/one-time-codes.ts';
import { createTaskKeeper } from '#src/settings/task-keeper.ts';
import type { SettingsTurn } from '#src/settings/turn.ts';
import { sampleAccount } from '../../support/sample-account.ts';
import { createMessageBench, newAddress, newTenant } from '../message/message-bench.ts';

/** Somebody in their settings. What a press reads, writes and sends happens when the scheduler says so. */
export function createSettingsBench(scheduler: fc.Scheduler) {
  const bench = createMessageBench();
  const { clock, courier, digester, oneTime } = bench;
  const tenant = newTenant();
  const account = sampleAccount({ tenantId: tenant.id });
  const sealer = createSealer({ current: masterKeyFrom(randomBytes(32).toString('base64')), previous: [] });
  const flows = createMemoryFlowStore({ clock });
  const load = scheduler.scheduleFunction(flows.load);
  const remove = scheduler.scheduleFunction(flows.remove);
  let isDown = false;
  const save = scheduler.scheduleFunction(async (...args: Parameters<typeof flows.save>) => {
    if (isDown) throw new Error('the store is down');
    return flows.save(...args);
  });
  courier.send = scheduler.scheduleFunction(courier.send.bind(courier));
  const put = scheduler.scheduleFunction(oneTime.put);
  const redeem = scheduler.scheduleFunction(oneTime.redeem);
  const waits = scheduler.scheduleFunction(oneTime.waits);
  const session = { uid: randomUUID(), accountId: account.id, signedInAt: 0, lastUsedAt: 0 };
  const turn: SettingsTurn = {
    ...{ tenant, tenantId: tenant.id, account, locale: 'nl' as const, address: newAddress() },
    ...{ reference: randomUUID(), interaction: randomUUID() },
    session: { ...session, facts: undefined, applications: [] },
  };
  const codes = createOneTimeCodes({ oneTime: { ...oneTime, put, redeem, waits }, digester });
  const tasks = createTaskKeeper({ flows: { ...flows, load, save, remove }, sealer });
  const breakSaves = () => {
    isDown = true;
  };
  return { ...bench, ...{ tenant, account, turn, codes, tasks, breakSaves } };
}

export type SettingsBench = ReturnType<typeof createSettingsBench>;

/** Turns that a press may let pass before it begins: as many as others need to be in the middle of theirs. */
const LATE = 4;

/**
 * Presses that begin soon after each other, and run in whatever order the scheduler likes, until all is done. `late`: 0
 * for those that begin together.
 */
export function createAtOnce(scheduler: fc.Scheduler) {
  const begin = async <Answer>(press: () => Promise<Answer>, late: number): Promise<Answer> => {
    for (let turns = 0; turns < late; turns += 1) await scheduler.schedule(Promise.resolve());
    return press();
  };
  return <Answer>(presses: readonly (() => Promise<Answer>)[], late = LATE): Promise<Answer[]> =>
    scheduler.waitFor(Promise.all(presses.map((press) => begin(press, late))));
}

/** Presses on one button, at once. */
export const times = fc.integer({ min: 1, max: 3 });

/** Enough for what goes wrong in many of the ways that presses can come between each other. */
export const RUNS = { numRuns: 50 } as const;

/** The code of six digits in a message. */
export function codeIn(message: { text: string } | undefined): string {
  return /\d{6}/.exec(message?.text ?? '')?.[0] ?? '';
}
