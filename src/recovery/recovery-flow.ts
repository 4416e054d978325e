import { z } from 'zod';

/*
 * One recovery as a pure state machine (R19–R22). Nothing of it tells whether an account exists until somebody shows
 * what was mailed to its proved address: a link, by a button, or the code beside it.
 *
 *   start ── asked ──▶ sent ── code ──┐
 *     │                               ▼
 *     └── link, by its button ──▶  question (when the person has one) ── right ──▶ new-password ──▶ done
 *                                     └── none ─────────────────────────────────▶
 *
 * Asking anew leads from every step back to sent. An invitation takes the same way, without a question.
 */

/** What a person lost (R19). */
export const LOST = ['login-name', 'password'] as const;
export type Lost = (typeof LOST)[number];

/** Why the same page is shown again. `until` in milliseconds since the epoch. */
const problem = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('wait'), until: z.number() }),
  z.strictObject({ kind: z.enum(['empty', 'malformed', 'wrong']) }),
]);
export type RecoveryProblem = z.infer<typeof problem>;

/** Why a new password was not taken: faults of the rules, or one that is known from leaks. */
export const NEW_PASSWORD_FAULTS = [
  ...['malformed', 'too-short', 'too-long', 'listed', 'context'],
  ...['empty', 'leaked', 'same'],
] as const;
const newPasswordFault = z.string();

const proved = {
  accountId: z.string(),
  loginName: z.string(),
  linkId: z.string(),
  purpose: z.enum(['reset', 'invitation']),
  /** The address that the link was mailed to, as its digest: proved by it while it is still the account's. */
  email: z.string().optional(),
  /** When the link was spent; a password that was changed since ends this recovery. */
  since: z.number(),
};

/** The stored shape; sealed at rest, because it carries what people type. */
export const recoveryFlowSchema = z.discriminatedUnion('step', [
  z.strictObject({ step: z.literal('start') }),
  /** Asked for. `typed` is kept so that the code can be typed here, whatever device the mail is read on. */
  z.strictObject({
    step: z.literal('sent'),
    lost: z.enum(LOST),
    typed: z.string(),
    at: z.number(),
    problem: problem.optional(),
  }),
  z.strictObject({
    step: z.literal('question'),
    ...proved,
    /** As the person chose it. */
    question: z.string(),
    problem: problem.optional(),
  }),
  z.strictObject({
    step: z.literal('new-password'),
    ...proved,
    faults: z.array(newPasswordFault),
  }),
  z.strictObject({
    step: z.literal('done'),
    purpose: z.enum(['reset', 'invitation']),
    loginName: z.string(),
  }),
  /** What was spent is over: a newer link, a changed password, an account that was closed meanwhile. */
  z.strictObject({ step: z.literal('over') }),
]);

export type RecoveryFlow = z.infer<typeof recoveryFlowSchema>;
export type RecoveryStep = RecoveryFlow['step'];
export type RecoveryAt<Step extends RecoveryStep> = Extract<RecoveryFlow, { step: Step }>;
