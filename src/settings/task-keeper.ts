import type { z } from 'zod';
import type { Sealer } from '#src/secret/ports.ts';
import { secretHash } from '#src/secret/secret-hash.ts';
import type { FlowStore } from '#src/sign-in/ports.ts';
import type { SettingsTurn } from './turn.ts';

/** Seconds that something half done waits (design: interaction, 60 minutes). */
const TASK_TTL = 60 * 60;

/** How often what happened is saved over what other windows save meanwhile. */
const SAVES = 10;

/** What a task becomes; undefined where it stays as it is. Asked again when another window saved meanwhile. */
export type Becomes<Task> = (task: Task | undefined) => Task | undefined | Promise<Task | undefined>;

/** Something half done, with the version it was read at; 0 when it was never stored. */
export interface KeptTask<Task> {
  task: Task | undefined;
  version: number;
}

/**
 * Keeps what a person is in the middle of, by session and task, sealed: it carries seeds, backup codes and what people
 * type. What another version of the product left, or another person of the same browser, is as good as not there.
 */
export function createTaskKeeper({ flows, sealer }: { flows: FlowStore; sealer: Sealer }) {
  const uidOf = ({ session }: SettingsTurn, name: string) => `settings:${secretHash(session.uid)}:${name}`;
  const contextOf = (turn: SettingsTurn, name: string) =>
    `settings:${turn.tenantId}:${turn.account.id}:${uidOf(turn, name)}`;
  const open = (turn: SettingsTurn, name: string, value: string): unknown => {
    try {
      return JSON.parse(sealer.open(value, contextOf(turn, name)));
    } catch {
      // Another person's, in the same session: the seal is bound to whose it is.
      return undefined;
    }
  };
  const save = (turn: SettingsTurn, name: string, task: object, version: number): Promise<boolean> => {
    const value = sealer.seal(JSON.stringify(task), contextOf(turn, name));
    return flows.save(turn.tenantId, uidOf(turn, name), value, version, TASK_TTL);
  };
  const load = async <Task>(
    turn: SettingsTurn,
    name: string,
    schema: z.ZodType<Task>,
  ): Promise<KeptTask<Task>> => {
    const stored = await flows.load(turn.tenantId, uidOf(turn, name));
    if (stored === undefined) return { task: undefined, version: 0 };
    const read = schema.safeParse(open(turn, name, stored.value));
    return { task: read.success ? read.data : undefined, version: stored.version };
  };
  return {
    load,
    /** False when another window saved first: what that one left stands. */
    save,
    /** Keeps what happened, whatever another window saves meanwhile. False where the task stays as it is. */
    async change<Task extends object>(
      turn: SettingsTurn,
      name: string,
      { schema, becomes }: { schema: z.ZodType<Task>; becomes: Becomes<Task> },
    ): Promise<boolean> {
      for (let saves = 0; saves < SAVES; saves += 1) {
        const { task, version } = await load(turn, name, schema);
        const next = await becomes(task);
        if (next === undefined) return false;
        if (await save(turn, name, next, version)) return true;
      }
      return false;
    },
    remove: (turn: SettingsTurn, name: string): Promise<void> =>
      flows.remove(turn.tenantId, uidOf(turn, name)),
  };
}

export type TaskKeeper = ReturnType<typeof createTaskKeeper>;
