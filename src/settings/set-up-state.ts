import { z } from 'zod';
import { REFUSALS } from '#src/sign-in/factor.ts';
import { type Problem, sentCodeSchema } from '#src/sign-in/flow-state.ts';

const problem: z.ZodType<Problem> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('refused'), method: z.string(), reason: z.enum(REFUSALS) }),
  z.strictObject({ kind: z.enum(['wait', 'send-wait']), until: z.number() }),
]);

/** The stored shape of a set-up; the task that keeps it is sealed, because it carries seeds and numbers. */
export const setUpSchema = z.strictObject({
  /** Names it in its forms: a window that shows another one is told apart. */
  id: z.string(),
  /** Kinds of the methods that are offered, in order. */
  kinds: z.array(z.string()),
  /** Id of the factor whose place it takes. */
  replaces: z.string().optional(),
  /** By kind of method: its data so far. */
  pending: z.record(z.string(), z.string()),
  sent: sentCodeSchema.optional(),
  problem: problem.optional(),
  /** A form came from a window with an earlier one. */
  elsewhere: z.boolean(),
  /** A number that was not accepted, as typed. */
  typedPhone: z.string().optional(),
  /** The name that was typed beside a proof. */
  typedLabel: z.string().optional(),
  /** It came to its end; nothing but its id is left, for a second press. */
  finished: z.boolean(),
  /** What it was to take the place of was not there any more: that was its end. */
  gone: z.boolean().optional(),
});

/** A method in the middle of being set up. */
export type SetUp = z.infer<typeof setUpSchema>;

/** What is left of one that came to its end. */
export function finishedSetUp({ id, kinds }: Pick<SetUp, 'id' | 'kinds'>, gone = false): SetUp {
  return { id, kinds, pending: {}, elsewhere: false, finished: true, gone };
}
