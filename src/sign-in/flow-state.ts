import { z } from 'zod';
import { planSchema } from '#src/enrolment/plan.ts';
import { AMRS, REFUSALS } from './factor.ts';

/** Why the password is asked again; texts are the page's. `until` is in milliseconds since the epoch. */
const passwordProblem = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['wrong', 'empty-name', 'empty-password', 'elsewhere']) }),
  z.strictObject({ kind: z.literal('wait'), until: z.number() }),
]);
export type PasswordProblem = z.infer<typeof passwordProblem>;

/** Why a later step is shown again. `wait`: too many tries; `send-wait`: too many messages. */
const problem = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('refused'), method: z.string(), reason: z.enum(REFUSALS) }),
  z.strictObject({ kind: z.enum(['none-chosen', 'required']) }),
  z.strictObject({ kind: z.enum(['wait', 'send-wait']), until: z.number() }),
]);
export type Problem = z.infer<typeof problem>;

/** A code on its way (`Sent` of factor.ts); `again` when it took the place of another one. */
export const sentCodeSchema = z.strictObject({
  channel: z.enum(['sms', 'voice']),
  ending: z.string(),
  at: z.number(),
  againAt: z.number(),
  delivery: z.string().optional(),
  again: z.boolean(),
});
export type SentCode = z.infer<typeof sentCodeSchema>;

/** A second step that was proved in this very sign-in; `at` in milliseconds since the epoch. */
const proof = z.strictObject({
  method: z.string(),
  amr: z.array(z.enum(AMRS)),
  phishingResistant: z.boolean(),
  at: z.number(),
});
export type FlowProof = z.infer<typeof proof>;

/**
 * What the right password was counted in, and since when it was the password, in milliseconds since the epoch: one that
 * is set anew later ends what was begun with the one before. Absent in what an older version left.
 */
const begun = z.strictObject({
  lane: z.string(),
  since: z.number(),
  /** When it was given. */
  at: z.number().optional(),
  /** When it was set by a link in a mail: what is newer yet than that proves nothing. */
  recoveredAt: z.number().optional(),
  /** The person said that others use this computer too. */
  shared: z.boolean().optional(),
});
export type Begun = z.infer<typeof begun>;

/**
 * Why nobody gets in; told to who gave the right password only (R24). `tries`: too many wrong ones in a row.
 * `number-new`: the only way is a number that proves nothing yet.
 */
export const BLOCKS = ['closed', 'tries', 'reported', 'number-new'] as const;
export type Block = (typeof BLOCKS)[number];

const person = { accountId: z.string(), loginName: z.string(), begun: begun.optional() };
/** Behind the second step: what was proved, and what is still to do. */
const inside = { ...person, proofs: z.array(proof).min(1), plan: planSchema };

const typed = z.strictObject({ question: z.string(), answer: z.string(), email: z.string() });
const fieldProblems = z.strictObject({
  question: z.string().optional(),
  answer: z.string().optional(),
  email: z.string().optional(),
});

/** The stored shape of a flow; it is sealed at rest because it carries seeds, a backup code and what people type. */
export const signInFlowSchema = z.discriminatedUnion('step', [
  z.strictObject({
    step: z.literal('password'),
    loginName: z.string(),
    /** What was said of this computer, kept while the password is asked again. */
    shared: z.boolean().optional(),
    problem: passwordProblem.optional(),
  }),
  z.strictObject({
    step: z.literal('second-step'),
    ...person,
    /** Kinds of the ways that the person has, the one to ask first in front (R18). */
    methods: z.array(z.string()).min(1),
    method: z.string(),
    sent: sentCodeSchema.optional(),
    problem: problem.optional(),
    plan: planSchema,
  }),
  z.strictObject({
    step: z.literal('enrol'),
    ...person,
    /** Empty while the person has no method yet: only then is this step reached without a proof. */
    proofs: z.array(proof),
    plan: planSchema,
    page: z.string(),
    /** By kind of method: its data so far. */
    pending: z.record(z.string(), z.string()),
    sent: sentCodeSchema.optional(),
    problem: problem.optional(),
    /** A number that was not accepted, as typed. */
    typedPhone: z.string().optional(),
    /** The person just set up a method: a second one is advised. */
    works: z.boolean(),
  }),
  z.strictObject({
    step: z.literal('backup-code'),
    ...inside,
    /** Made when the step is reached; only its hash is kept once the person goes on. */
    code: z.string().optional(),
    sent: sentCodeSchema.optional(),
    problem: problem.optional(),
  }),
  z.strictObject({
    step: z.literal('first-sign-in'),
    ...inside,
    typed,
    problems: fieldProblems,
  }),
  z.strictObject({
    step: z.literal('confirm-email'),
    ...inside,
    email: z.string(),
    /** Just typed, so a mail is on its way at once; later it is sent when asked for. */
    fresh: z.boolean(),
    mail: z.strictObject({ state: z.enum(['sent', 'again', 'unavailable']), againAt: z.number() }).optional(),
    problem: problem.optional(),
  }),
  z.strictObject({
    step: z.literal('stronger-needed'),
    ...person,
    proofs: z.array(proof),
    plan: planSchema,
    why: z.enum(['not-allowed', 'not-set-up']),
  }),
  z.strictObject({
    step: z.literal('blocked'),
    why: z.enum(BLOCKS).optional(),
    /** When it is over by itself, where it ever is; milliseconds since the epoch. */
    until: z.number().optional(),
  }),
  z.strictObject({
    step: z.literal('signed-in'),
    accountId: z.string(),
    begun: begun.optional(),
    proofs: z.array(proof).min(1),
    /** Whether this completes a first sign-in. */
    completes: z.boolean(),
  }),
]);

export type SignInFlow = z.infer<typeof signInFlowSchema>;
export type SignInStep = SignInFlow['step'];
/** The flow at one step. */
export type FlowAt<Step extends SignInStep> = Extract<SignInFlow, { step: Step }>;
export type FieldProblems = z.infer<typeof fieldProblems>;
export type FirstSignInTyped = z.infer<typeof typed>;
