import { z } from 'zod';
import type { TaskKeeper } from '#src/settings/task-keeper.ts';
import type { SettingsTurn } from '#src/settings/turn.ts';

/** Stands in the address of a page that somebody comes back to after both steps were asked again. */
export const RESUMED = 'resumed';

const TASK = 'typed';

const typedSchema = z.object({ path: z.string(), form: z.record(z.string(), z.unknown()) });

/** Keeps what a form brought while both steps are asked again, sealed: nobody types it twice. */
export async function keepTyped(
  tasks: TaskKeeper,
  turn: SettingsTurn,
  kept: z.infer<typeof typedSchema>,
): Promise<void> {
  const { version } = await tasks.load(turn, TASK, typedSchema);
  // Another window was first with a form of its own: that one is what its person comes back to.
  await tasks.save(turn, TASK, kept, version);
}

/** What the form of this page had brought; undefined when there is nothing of it. */
export async function typedOf<Form>(
  tasks: TaskKeeper,
  turn: SettingsTurn,
  path: string,
  schema: z.ZodType<Form>,
): Promise<Form | undefined> {
  const { task } = await tasks.load(turn, TASK, typedSchema);
  if (task?.path !== path) return undefined;
  const read = schema.safeParse(task.form);
  return read.success ? read.data : undefined;
}

/** Forgets it: it was used. */
export function forgetTyped(tasks: TaskKeeper, turn: SettingsTurn): Promise<void> {
  return tasks.remove(turn, TASK);
}
