import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '#src/clock.ts';
import type { EnrolmentStore } from '#src/enrolment/ports.ts';
import type { Notices } from '#src/message/notices.ts';
import type { BackupCodeSender } from '#src/message/send-backup-code.ts';
import type { SettingsEvents } from '#src/settings-events.ts';
import { type BackupCodes, backupCodeForm, makeBackupCode } from '#src/sign-in/backup-code.ts';
import { REFUSALS } from '#src/sign-in/factor.ts';
import type { BackupCodeStore } from '#src/sign-in/ports.ts';
import { requestResult } from '#src/sign-in/send-sign-in-code.ts';
import { type BackupCodeState, backupCodeState } from './backup-code-state.ts';
import type { Becomes, TaskKeeper } from './task-keeper.ts';
import { methodContext, noticeContext, type SettingsTurn } from './turn.ts';

const TASK = 'backup-code';

/** What came of sending it by text message. `until` in milliseconds since the epoch. */
const smsSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('sent') }),
  z.strictObject({ kind: z.literal('wait'), until: z.number() }),
  z.strictObject({ kind: z.literal('refused'), reason: z.enum(REFUSALS) }),
]);

/** A code that is shown and does not count yet. It is nowhere else, and sealed here. */
const shownSchema = z.strictObject({
  stage: z.literal('shown'),
  /** Names it in the forms of its page. */
  id: z.string(),
  /** Plain, as codes are compared. */
  code: z.string(),
  /** Id of the one made before, used or not: it takes the place of exactly that one. */
  previous: z.string().optional(),
  madeAt: z.number(),
  /** Id of the task in whose place it is shown, where that one's code counts and was told. */
  after: z.string().optional(),
  sms: smsSchema.optional(),
  /** A page with an older one was still open. */
  newer: z.boolean().optional(),
});

/**
 * `kept`: it counts, and nobody sees it again · `overtaken`: another one was made meanwhile, in another browser · `late`:
 * its page was open for too long. Of the last two the code that stood there never works.
 */
const taskSchema = z.discriminatedUnion('stage', [
  shownSchema,
  z.strictObject({ stage: z.enum(['kept', 'overtaken', 'late']), id: z.string() }),
]);

export type ShownBackupCode = z.infer<typeof shownSchema>;
export type BackupCodeTask = z.infer<typeof taskSchema>;

/** `already`: by the first of two presses. `other`: a newer one is shown by now. */
export type KeepResult = 'kept' | 'already' | 'other' | 'overtaken' | 'late';

export interface OwnBackupCodeParts {
  tasks: TaskKeeper;
  store: Pick<BackupCodeStore, 'find'>;
  enrolments: Pick<EnrolmentStore, 'load'>;
  backupCodes: Pick<BackupCodes, 'keep'>;
  sender: BackupCodeSender;
  notices: Pick<Notices, 'tell'>;
  settingsEvents: Pick<SettingsEvents, 'backupCodeMade' | 'codeRequested' | 'refused'>;
  clock: Clock;
}

/** Keeps what happened, whatever another window saves meanwhile. */
function createChange({ tasks }: Pick<OwnBackupCodeParts, 'tasks'>) {
  return (at: SettingsTurn, becomes: Becomes<BackupCodeTask>): Promise<boolean> =>
    tasks.change(at, TASK, { schema: taskSchema, becomes });
}

/**
 * Marks a task as one whose code counts; true for the press that is to tell it. Where something else stands in its place
 * by now (`make` once more, in another window), that is the press that made it count.
 */
function createMarkKept(parts: Pick<OwnBackupCodeParts, 'tasks'>) {
  const change = createChange(parts);
  return async (at: SettingsTurn, id: string, made: 'kept' | 'already'): Promise<boolean> => {
    let first = true;
    await change(at, (task) => {
      const isTold = task?.stage === 'shown' && task.after === id;
      first = task?.id === id ? task.stage !== 'kept' : made === 'kept' && !isTold;
      return task?.id === id && first ? { stage: 'kept', id } : undefined;
    });
    return first;
  };
}

/** From `Doorgaan` on the code counts (R13, R14). */
function createKeep(parts: OwnBackupCodeParts) {
  const { tasks, backupCodes, settingsEvents, clock } = parts;
  const change = createChange(parts);
  const markKept = createMarkKept(parts);

  const count = async (at: SettingsTurn, { id, code, previous }: ShownBackupCode) => {
    const { tenantId, account } = at;
    const made = await backupCodes.keep(tenantId, account.id, code, previous, clock.now());
    if (made === undefined) {
      await change(at, (task) =>
        task?.stage === 'shown' && task.id === id ? { stage: 'overtaken', id } : undefined,
      );
      return 'overtaken';
    }
    // It counts, and so is recorded and told whatever fails from here on (ground rule 7); by one of two presses.
    let first = true;
    try {
      first = await markKept(at, id, made);
    } finally {
      if (first) {
        settingsEvents.backupCodeMade(at, { account: account.id });
        await parts.notices.tell(noticeContext(at, clock.now()), 'backup-code-made');
      }
    }
    return first ? 'kept' : 'already';
  };

  return async (at: SettingsTurn, id: string): Promise<KeepResult> => {
    const { task, version } = await tasks.load(at, TASK, taskSchema);
    if (task === undefined) {
      await tasks.save(at, TASK, { stage: 'late', id } satisfies BackupCodeTask, version);
      return 'late';
    }
    if (task.id !== id) {
      if (task.stage === 'shown') await tasks.save(at, TASK, { ...task, newer: true }, version);
      return 'other';
    }
    if (task.stage === 'shown') return count(at, task);
    return task.stage === 'kept' ? 'already' : task.stage;
  };
}

/**
 * A new backup code, by a person who has one or none (R14): it is shown until the person goes on, the old one works until
 * then, and from then on the new one does. Throws AppError `hash-queue-full` or `store-unavailable`.
 */
export function createOwnBackupCode(parts: OwnBackupCodeParts) {
  const { tasks, store, enrolments, sender, settingsEvents, clock } = parts;
  const change = createChange(parts);
  const keep = createKeep(parts);
  return {
    async state({ tenantId, tenant, account }: SettingsTurn): Promise<BackupCodeState> {
      const [code, record] = await Promise.all([
        store.find(tenantId, account.id),
        enrolments.load(tenantId, account.id),
      ]);
      return backupCodeState(tenant.settings, code, record);
    },

    /** What was shown last, and what became of it. */
    task: async (at: SettingsTurn): Promise<BackupCodeTask | undefined> =>
      (await tasks.load(at, TASK, taskSchema)).task,

    /** Makes one to be shown. A second press shows the same: of two codes one would be written down for nothing. */
    async make(at: SettingsTurn): Promise<void> {
      const { tenantId, tenant, account } = at;
      const code = makeBackupCode(backupCodeForm(tenant.settings));
      const made = { stage: 'shown', id: randomUUID(), code, madeAt: clock.now() } as const;
      await change(at, async (task) => {
        const { backupCode: previous } = await enrolments.load(tenantId, account.id);
        if (task?.stage === 'shown' && task.previous === previous) return undefined;
        return { ...made, previous, after: task?.stage === 'kept' ? task.id : undefined };
      });
    },

    canSend: ({ tenant, account }: SettingsTurn): Promise<boolean> =>
      sender.canSend({ tenant, accountId: account.id }),

    /** Sends the code that is shown to the person's proved number; one that is not shown any more goes nowhere. */
    async send(at: SettingsTurn, id: string): Promise<void> {
      const { task, version } = await tasks.load(at, TASK, taskSchema);
      if (task?.stage !== 'shown' || task.id !== id) return;
      const outcome = await sender.send(methodContext(at, clock.now()), task.code);
      const about = { account: at.account.id, method: TASK };
      settingsEvents.codeRequested(at, { ...about, ...requestResult(outcome) });
      if (outcome.kind !== 'sent') {
        await tasks.save(at, TASK, { ...task, sms: outcome } satisfies BackupCodeTask, version);
        return;
      }
      // Kept, whatever another press of its button was refused meanwhile.
      await change(at, (now) =>
        now?.stage === 'shown' && now.id === id ? { ...now, sms: { kind: 'sent' } } : undefined,
      );
    },

    async keep(at: SettingsTurn, id: string): Promise<KeepResult> {
      const result = await keep(at, id);
      if (result !== 'kept' && result !== 'already') {
        settingsEvents.refused(at, { account: at.account.id, what: TASK, reason: result });
      }
      return result;
    },
  };
}

export type OwnBackupCode = ReturnType<typeof createOwnBackupCode>;
