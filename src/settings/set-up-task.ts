import { finishedSetUp, type SetUp, setUpSchema } from './set-up-state.ts';
import type { Becomes, TaskKeeper } from './task-keeper.ts';
import type { SettingsTurn } from './turn.ts';

/** What a form of a set-up came to, with the version that it was read at. `left`: a code left. */
export interface CameTo {
  setUp: SetUp;
  version: number;
  left?: boolean;
}

/** Where set-ups wait for what proves them, each under the name that its task has. */
export function createSetUpTasks({ tasks }: { tasks: TaskKeeper }) {
  const load = (turn: SettingsTurn, name: string) => tasks.load(turn, name, setUpSchema);

  const change = (turn: SettingsTurn, name: string, becomes: Becomes<SetUp>) =>
    tasks.change(turn, name, { schema: setUpSchema, becomes });

  return {
    load,
    /** False when another window saved first: what that one left stands. */
    save: tasks.save,
    /** Puts one in the place of any that waits. */
    begin: (turn: SettingsTurn, name: string, made: SetUp): Promise<boolean> =>
      change(turn, name, () => made),
    /** Nothing is left of one that came to its end but its mark. One that another window began meanwhile stays. */
    finish: (turn: SettingsTurn, name: string, setUp: SetUp): Promise<boolean> =>
      change(turn, name, (task) =>
        task === undefined || task.id === setUp.id ? finishedSetUp(setUp) : undefined,
      ),
    /** The same where what it was to take the place of is gone; one that an equal press finished stays so. */
    giveUp: (turn: SettingsTurn, name: string, setUp: SetUp): Promise<boolean> =>
      change(turn, name, (task) =>
        task?.id === setUp.id && !task.finished ? finishedSetUp(setUp, true) : undefined,
      ),
    /** Keeps what a form came to, unless another press or window was first: then what that one left stands. */
    async settle(
      turn: SettingsTurn,
      name: string,
      { setUp, version, left = false }: CameTo,
    ): Promise<'again' | 'finished'> {
      if (await tasks.save(turn, name, setUp, version)) return 'again';
      const stands = (task: SetUp | undefined) => task?.id === setUp.id && !task.finished;
      // A code that left is kept, whatever another press of its form was refused meanwhile.
      if (left) await change(turn, name, (task) => (stands(task) ? setUp : undefined));
      const { task } = await load(turn, name);
      return task?.id === setUp.id && task.finished ? 'finished' : 'again';
    },
  };
}
