import { z } from 'zod';
import type { Becomes, KeptTask, TaskKeeper } from './task-keeper.ts';
import type { SettingsTurn } from './turn.ts';

/** Name of the task: one at a time in each session. */
const TASK = 'email';

const problemSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.enum([
      /** Of the address. */
      ...(['empty', 'malformed', 'same', 'login-name', 'unavailable', 'undeliverable'] as const),
      /** It was changed elsewhere since this began, or another window has begun anew. */
      ...(['overtaken', 'other-window'] as const),
      /** Of the code. */
      ...(['code-empty', 'code-malformed', 'code-wrong', 'code-expired'] as const),
    ]),
  }),
  /** Too many mails; milliseconds since the epoch. */
  z.object({ kind: z.literal('wait'), until: z.number() }),
]);
export type EmailProblem = z.infer<typeof problemSchema>;

const taskSchema = z.discriminatedUnion('step', [
  /** An address is asked for; what was typed last was refused. */
  z.object({ step: z.literal('address'), typed: z.string(), problem: problemSchema }),
  z.object({
    step: z.literal('code'),
    /** Stands in the form: a page of an earlier task is told apart. */
    id: z.string(),
    /** The address that the code went to. */
    email: z.string(),
    /** The account's own when this began. */
    was: z.string().optional(),
    wasProved: z.boolean(),
    /** Milliseconds since the epoch; `again`: it took the place of another one. */
    mail: z.object({ again: z.boolean(), againAt: z.number() }),
    problem: problemSchema.optional(),
  }),
  /** For a button that is pressed twice. */
  z.object({ step: z.literal('done'), id: z.string() }),
]);
export type EmailTask = z.infer<typeof taskSchema>;
export type EmailTaskAt<Step extends EmailTask['step']> = Extract<EmailTask, { step: Step }>;

/** Where the change of an address waits for its code. */
export function createEmailTasks({ tasks }: { tasks: TaskKeeper }) {
  const load = (turn: SettingsTurn): Promise<KeptTask<EmailTask>> => tasks.load(turn, TASK, taskSchema);
  return {
    load,
    /** Keeps what only matters while nothing else happened: false, and nothing kept, when another window was first. */
    save: (turn: SettingsTurn, task: EmailTask, version: number): Promise<boolean> =>
      tasks.save(turn, TASK, task, version),
    /** Keeps what happened, whatever another window saves meanwhile. */
    change: (turn: SettingsTurn, becomes: Becomes<EmailTask>): Promise<boolean> =>
      tasks.change(turn, TASK, { schema: taskSchema, becomes }),
    forget: (turn: SettingsTurn): Promise<void> => tasks.remove(turn, TASK),
  };
}

export type EmailTasks = ReturnType<typeof createEmailTasks>;
