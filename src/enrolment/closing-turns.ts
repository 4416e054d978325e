import type { Account } from '#src/account/account.ts';
import type { SignInEvents } from '#src/events.ts';
import type { RedeemResult } from '#src/message/ports.ts';
import type { SendOutcome } from '#src/sign-in/factor.ts';
import type { FirstSignInTyped, FlowAt, SignInFlow } from '#src/sign-in/flow-state.ts';
import { EMAIL, type SendEmailCode } from '#src/sign-in/send-email-code.ts';
import { requestResult, sendProblem } from '#src/sign-in/send-sign-in-code.ts';
import type { Turn } from '#src/sign-in/turn.ts';
import type { Judged, Turns } from '#src/sign-in/turns.ts';
import type { FirstSignInResult } from './first-sign-in.ts';
import type { EnrolmentStore } from './ports.ts';

export interface ClosingParts {
  turns: Turns;
  /** Keeps a backup code in the place of exactly `expected`; false when another browser was first. */
  keepBackupCode(at: Turn, accountId: string, code: string, expected: string | undefined): Promise<boolean>;
  /** Sends it to the person's proved number. */
  sendBackupCode(at: Turn, account: Account, code: string): Promise<SendOutcome>;
  saveFirstSignIn(
    at: Turn,
    account: Account,
    asked: { asks: 'question-and-email' | 'email'; typed: FirstSignInTyped },
  ): Promise<FirstSignInResult>;
  /** Tells the person, at the address that was theirs, that it is replaced (ground rule 7). */
  tellReplaced(at: Turn, accountId: string, formerEmail: string): void;
  sendEmailCode: SendEmailCode;
  redeemEmailCode(
    at: Turn,
    accountId: string,
    typed: { email: string; code: string },
  ): Promise<RedeemResult | 'malformed'>;
  enrolments: Pick<EnrolmentStore, 'proveEmail'>;
  events: SignInEvents;
}

/** What follows the methods (R13–R15): backup code, security question, e-mail address; turn by turn. */
export function createClosingTurns(parts: ClosingParts) {
  const { turns, events } = parts;

  const keep = async (at: Turn, { accountId, code, plan }: FlowAt<'backup-code'>): Promise<Judged> => {
    if (code === undefined) return undefined;
    const kept = await parts.keepBackupCode(at, accountId, code, plan.previousBackupCode);
    if (!kept) return { kind: 'overtaken' };
    events.backupCodeMade(at, { account: accountId });
    return { kind: 'backup-code-kept' };
  };

  const send = async (at: Turn, flow: FlowAt<'backup-code'>, account: Account): Promise<Judged> => {
    if (flow.code === undefined) return undefined;
    const outcome = await parts.sendBackupCode(at, account, flow.code);
    const about = { account: account.id, method: 'backup-code' };
    events.codeRequested(at, { ...about, ...requestResult(outcome) });
    if (outcome.kind !== 'sent') return { kind: 'refused', problem: sendProblem('sms', outcome) };
    return { kind: 'code-sent', sent: { ...outcome.sent, again: flow.sent !== undefined } };
  };

  const save = async (
    at: Turn,
    { plan, accountId }: FlowAt<'first-sign-in'>,
    account: Account,
    typed: FirstSignInTyped,
  ): Promise<Judged> => {
    const asks = plan.asks ?? 'email';
    const answer = await parts.saveFirstSignIn(at, account, { asks, typed });
    if (!answer.ok) return { kind: 'first-sign-in-refused', typed, problems: answer.problems };
    events.firstSignInSaved(at, { account: accountId, question: asks === 'question-and-email' });
    const { email, emailVerified } = account;
    if (answer.confirm !== undefined && emailVerified && email !== undefined) {
      parts.tellReplaced(at, accountId, email);
    }
    return { kind: 'first-sign-in-saved', confirm: answer.confirm };
  };

  const confirm = async (
    at: Turn,
    { accountId, email }: FlowAt<'confirm-email'>,
    code: string,
  ): Promise<Judged> => {
    const refused = (reason: 'empty' | 'malformed' | 'wrong' | 'expired'): Judged => ({
      kind: 'refused',
      problem: { kind: 'refused', method: EMAIL, reason },
    });
    if (code.trim() === '') return refused('empty');
    const answer = await parts.redeemEmailCode(at, accountId, { email, code });
    events.emailChecked(at, {
      outcome: answer === 'right' ? 'success' : 'failure',
      reason: answer,
      account: accountId,
    });
    if (answer !== 'right') return refused(answer === 'gone' ? 'expired' : answer);
    // False when the address was changed meanwhile, in another window: then this one is proved no more.
    const proved = await parts.enrolments.proveEmail(at.tenantId, accountId, email);
    return proved ? { kind: 'email-proved' } : { kind: 'overtaken' };
  };

  const mailAgain = async (at: Turn, flow: FlowAt<'confirm-email'>): Promise<Judged> => {
    const outcome = await parts.sendEmailCode(at, flow, flow.email);
    if (outcome.kind === 'wait') {
      return { kind: 'refused', problem: { kind: 'send-wait', until: outcome.until } };
    }
    const before = flow.mail !== undefined && flow.mail.state !== 'unavailable';
    const state = outcome.kind === 'sent' && before ? 'again' : outcome.kind;
    return { kind: 'mail-sent', mail: { state, againAt: outcome.againAt } };
  };

  return {
    /** `Doorgaan`: from here on the backup code counts, and only its hash is kept. */
    keepBackupCode: (at: Turn): Promise<SignInFlow> =>
      turns.turnAt(at, ['backup-code'], (flow) => keep(at, flow)),
    sendBackupCode: (at: Turn): Promise<SignInFlow> =>
      turns.turnAt(at, ['backup-code'], (flow, account) => send(at, flow, account)),
    saveFirstSignIn: (at: Turn, typed: FirstSignInTyped): Promise<SignInFlow> =>
      turns.turnAt(at, ['first-sign-in'], (flow, account) => save(at, flow, account, typed)),
    confirmEmail: (at: Turn, code: string): Promise<SignInFlow> =>
      turns.turnAt(at, ['confirm-email'], (flow) => confirm(at, flow, code)),
    sendEmailCode: (at: Turn): Promise<SignInFlow> =>
      turns.turnAt(at, ['confirm-email'], (flow) => mailAgain(at, flow)),
    changeEmail: (at: Turn): Promise<SignInFlow> =>
      turns.turnAt(at, ['confirm-email'], async () => ({ kind: 'email-change' })),
  };
}

export type ClosingTurns = ReturnType<typeof createClosingTurns>;
