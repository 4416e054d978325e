import { z } from 'zod';

/*
 * One recovery as a pure state machine (R19–R22). Nothing of it tells whether an account exists until somebody shows
 * what was mailed to its proved address: a link, by a button, or the code beside it.
 *
 *   start ── asked ──▶ sent ── spent, by the code ──┐
 *     │                                             ▼
 *     └── spent, by the link's button ──▶  question (when the person has one) ── answered ──▶ new-password ──▶ done
 *                                             └── none ─────────────────────────────────────▶
 *
 * Asking anew leads from every step back to sent. An invitation takes the same way, without a question. What was spent
 * is over when the account was changed since.
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

/** The last form in front of anything proved that was refused. What was typed in it is kept, the code apart. */
const refused = z.strictObject({
  form: z.enum([...LOST, 'code']),
  /** Who was named; absent where the form does not ask it. */
  typed: z.string().optional(),
  problem,
});
export type RefusedForm = z.infer<typeof refused>;

/** Why a new password was not taken: faults of the rules, or one that is known from leaks. */
export const NEW_PASSWORD_FAULTS = [
  ...['malformed', 'too-short', 'too-long', 'listed', 'context'],
  ...['empty', 'leaked', 'same'],
] as const;
const newPasswordFault = z.string();

/** Links that lead to a password. */
const passwordPurpose = z.enum(['reset', 'invitation']);

const provedShape = {
  accountId: z.string(),
  loginName: z.string(),
  linkId: z.string(),
  purpose: passwordPurpose,
  /** Digest of the browser's secret that the link was spent by: pressed again in this browser, it is this one's still. */
  by: z.string(),
  /** SHA-256 of the link's token; absent when its code was typed. */
  tokenHash: z.string().optional(),
  /** Mark of the address that the link was mailed to: proved by it while it is still the account's. */
  emailMark: z.string().optional(),
  /** Until when this may go on, however often a page is sent; in milliseconds since the epoch. */
  until: z.number(),
  /** How the account was when the link was spent; a password or a report since then ends this recovery. */
  seen: z.strictObject({
    passwordChangedAt: z.number().optional(),
    suspendedAt: z.number().optional(),
  }),
};

const proved = z.strictObject(provedShape);
/** What a spent link or code proved. */
export type Proved = z.infer<typeof proved>;

/** The stored shape; sealed at rest, because it carries what people type. */
export const recoveryFlowSchema = z.discriminatedUnion('step', [
  z.strictObject({
    step: z.literal('start'),
    refused: refused.optional(),
  }),
  /** Asked for. `typed` is kept so that the code can be typed here, whatever device the mail is read on. */
  z.strictObject({
    step: z.literal('sent'),
    lost: z.enum(LOST),
    typed: z.string(),
    at: z.number(),
    refused: refused.optional(),
  }),
  z.strictObject({
    step: z.literal('question'),
    ...provedShape,
    /** As the person chose it. */
    question: z.string(),
    problem: problem.optional(),
  }),
  z.strictObject({
    step: z.literal('new-password'),
    ...provedShape,
    faults: z.array(newPasswordFault),
  }),
  z.strictObject({
    step: z.literal('done'),
    purpose: passwordPurpose,
    loginName: z.string(),
  }),
  /** What was spent is over: a changed password, a report, an account that was closed meanwhile. */
  z.strictObject({
    step: z.literal('over'),
    linkId: z.string(),
    purpose: passwordPurpose,
    loginName: z.string(),
  }),
]);

export type RecoveryFlow = z.infer<typeof recoveryFlowSchema>;
export type RecoveryStep = RecoveryFlow['step'];
export type RecoveryAt<Step extends RecoveryStep> = Extract<RecoveryFlow, { step: Step }>;

/** What happened, as the rules judged it. `linkId` names the spent link that it is about. */
export type RecoveryEvent =
  | { kind: 'asked'; lost: Lost; typed: string; at: number }
  | { kind: 'ask-refused'; lost: Lost; typed: string; problem: RecoveryProblem }
  | { kind: 'code-refused'; typed: string | undefined; problem: RecoveryProblem }
  /** `question` is the person's own, where it is to be answered first. */
  | { kind: 'spent'; proved: Proved; question: string | undefined }
  | { kind: 'answer-refused'; linkId: string; problem: RecoveryProblem }
  | { kind: 'answered'; linkId: string }
  | { kind: 'password-refused'; linkId: string; faults: readonly string[] }
  | { kind: 'password-changed'; linkId: string }
  | { kind: 'overtaken'; linkId: string };

/** Where every recovery begins. */
export function startRecovery(): RecoveryAt<'start'> {
  return { step: 'start' };
}

/** The flow without the fields that belong to one step alone. */
function provedOf(flow: RecoveryAt<'question' | 'new-password'>): Proved {
  const { accountId, loginName, linkId, purpose, by, tokenHash, emailMark, until, seen } = flow;
  return { accountId, loginName, linkId, purpose, by, tokenHash, emailMark, until, seen };
}

/** Refusals in front of anything proved: behind it they change nothing. */
function refuse(flow: RecoveryFlow, refused: RefusedForm): RecoveryFlow | undefined {
  switch (flow.step) {
    case 'sent':
      return { ...flow, refused };
    case 'question':
    case 'new-password':
      return undefined;
    default:
      return { step: 'start', refused };
  }
}

/** What happens to somebody who proved something. */
function goOn(
  flow: RecoveryAt<'question' | 'new-password'>,
  event: Extract<RecoveryEvent, { linkId: string }>,
): RecoveryFlow | undefined {
  if (event.linkId !== flow.linkId) return undefined;
  const { linkId, purpose, loginName } = flow;
  if (event.kind === 'overtaken') return { step: 'over', linkId, purpose, loginName };
  if (flow.step === 'question') {
    if (event.kind === 'answered') return { step: 'new-password', ...provedOf(flow), faults: [] };
    return event.kind === 'answer-refused' ? { ...flow, problem: event.problem } : undefined;
  }
  if (event.kind === 'password-changed') return { step: 'done', purpose, loginName };
  return event.kind === 'password-refused' ? { ...flow, faults: [...event.faults] } : undefined;
}

/** Of two passwords sent at once the one that lost may be told of first: the one that won is what stands. */
function overtakenByItself(
  { linkId, purpose, loginName }: RecoveryAt<'over'>,
  event: RecoveryEvent,
): RecoveryFlow | undefined {
  const isOwn = event.kind === 'password-changed' && event.linkId === linkId;
  return isOwn ? { step: 'done', purpose, loginName } : undefined;
}

/** The flow after an event; undefined when the event does not belong to where the flow is. */
export function next(flow: RecoveryFlow, event: RecoveryEvent): RecoveryFlow | undefined {
  switch (event.kind) {
    case 'asked':
      return { step: 'sent', lost: event.lost, typed: event.typed, at: event.at };
    case 'ask-refused':
      return refuse(flow, { form: event.lost, typed: event.typed, problem: event.problem });
    case 'code-refused':
      return refuse(flow, { form: 'code', typed: event.typed, problem: event.problem });
    case 'spent': {
      const { question, proved: by } = event;
      // Who was invited has not answered any yet.
      if (question !== undefined && by.purpose === 'reset') return { step: 'question', ...by, question };
      return { step: 'new-password', ...by, faults: [] };
    }
    default:
      if (flow.step === 'question' || flow.step === 'new-password') return goOn(flow, event);
      return flow.step === 'over' ? overtakenByItself(flow, event) : undefined;
  }
}
