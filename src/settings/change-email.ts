import { randomUUID } from 'node:crypto';
import type { AccountStore } from '#src/account/ports.ts';
import type { Clock } from '#src/clock.ts';
import type { EmailCode, EmailCodeOutcome } from '#src/message/email-code.ts';
import type { Notices } from '#src/message/notices.ts';
import type { SettingsEvents } from '#src/settings-events.ts';
import type { EmailProblem, EmailTask, EmailTaskAt, EmailTasks } from './email-task.ts';
import { isSameEmail, judgeEmail } from './judge-email.ts';
import { methodContext, noticeContext, type SettingsTurn } from './turn.ts';

export interface ChangeEmailParts {
  emailTasks: EmailTasks;
  emailCode: EmailCode;
  accounts: Pick<AccountStore, 'findById' | 'changeEmail'>;
  notices: Pick<Notices, 'tell'>;
  settingsEvents: Pick<SettingsEvents, 'emailChangeAsked' | 'emailChanged' | 'refused'>;
  clock: Clock;
}

/** Where a turn leads: on to the code, back to the address, or to the end. `already`: the end was reached before. */
export type EmailTurn = 'address' | 'code' | 'changed' | 'already';

type AtCode = EmailTaskAt<'code'>;

const CODE_PROBLEMS = {
  malformed: 'code-malformed',
  wrong: 'code-wrong',
  gone: 'code-expired',
} as const satisfies Record<string, EmailProblem['kind']>;

/** Whether an account has this address by now, and proved it. */
async function hasProved(
  { accounts }: Pick<ChangeEmailParts, 'accounts'>,
  { tenantId, account }: SettingsTurn,
  email: string,
): Promise<boolean> {
  const now = await accounts.findById(tenantId, account.id);
  return now?.emailVerified === true && isSameEmail(now.email, email);
}

/** Mails codes to the address that somebody wants to have. Every one is recorded. */
function createMailing({ emailCode, settingsEvents, clock }: ChangeEmailParts) {
  return async (turn: SettingsTurn, email: string): Promise<EmailCodeOutcome> => {
    const sent = await emailCode.send(methodContext(turn, clock.now()), email);
    const [outcome, reason] =
      sent.kind === 'sent'
        ? (['success', 'sent'] as const)
        : (['failure', sent.kind === 'wait' ? 'wait' : sent.reason] as const);
    settingsEvents.emailChangeAsked(turn, { outcome, reason, account: turn.account.id });
    return sent;
  };
}

/** Whether a code that was mailed to this address is the newest, and was not used up meanwhile. */
function createIsNewest({ emailCode, clock }: ChangeEmailParts) {
  return (turn: SettingsTurn, email: string): Promise<boolean> =>
    emailCode.waits(methodContext(turn, clock.now()), email);
}

/** What becomes of a task that came to its end; a newer one, that waits for a code of its own, stays. */
function unlessNewer(id: string, end: EmailTask) {
  return (task: EmailTask | undefined) => (task?.step === 'code' && task.id !== id ? undefined : end);
}

function problemOf(outcome: Exclude<EmailCodeOutcome, { kind: 'sent' }>): EmailProblem {
  return outcome.kind === 'wait' ? outcome : { kind: outcome.reason };
}

/** Takes an address as typed, and mails a code to it: until that is typed the account keeps the address it has. */
function createAsking(parts: ChangeEmailParts) {
  const { emailTasks, settingsEvents } = parts;
  const mail = createMailing(parts);
  const isNewest = createIsNewest(parts);

  const refuse = async (
    turn: SettingsTurn,
    { typed, problem, version }: { typed: string; problem: EmailProblem; version: number },
  ): Promise<EmailTurn> => {
    const kept = await emailTasks.save(turn, { step: 'address', typed, problem }, version);
    // The same button once more, and the other press had a code sent.
    if (!kept && (await emailTasks.load(turn)).task?.step === 'code') return 'code';
    return 'address';
  };

  /** The code that was mailed works no longer: somewhere else another one was asked for, or this one was used. */
  const overtaken = async (turn: SettingsTurn, typed: string): Promise<EmailTurn> => {
    const { task, version } = await emailTasks.load(turn);
    if (task?.step === 'code') return 'code';
    if (task?.step === 'done') return 'already';
    return refuse(turn, { typed, problem: { kind: 'other-window' }, version });
  };

  return async (turn: SettingsTurn, typed: string): Promise<EmailTurn> => {
    const { account } = turn;
    const { task, version } = await emailTasks.load(turn);
    const judged = judgeEmail(account, typed);
    if (!judged.ok) {
      settingsEvents.refused(turn, { account: account.id, what: 'email', reason: judged.fault });
      return refuse(turn, { typed, problem: { kind: judged.fault }, version });
    }
    const { email } = judged;
    const outcome = await mail(turn, email);
    if (outcome.kind === 'sent') {
      const { email: was, emailVerified: wasProved } = account;
      const mailed = { again: false, againAt: outcome.againAt };
      const begun = { step: 'code', id: randomUUID(), email, was, wasProved, mail: mailed } as const;
      // Another window may have asked for another address while this mail left: the newest code alone works.
      const kept = await emailTasks.change(turn, async () =>
        (await isNewest(turn, email)) ? begun : undefined,
      );
      return kept ? 'code' : overtaken(turn, typed);
    }
    // Its code is on the way already.
    const waits = outcome.kind === 'wait' && task?.step === 'code' && isSameEmail(task.email, email);
    return waits ? 'code' : refuse(turn, { typed, problem: problemOf(outcome), version });
  };
}

/** Takes the code: the address is the account's from here on, and the one before it is told of the way back. */
function createProving(parts: ChangeEmailParts) {
  const { emailTasks, emailCode, accounts, notices, settingsEvents, clock } = parts;

  const change = async (turn: SettingsTurn, { id, email, was, wasProved }: AtCode): Promise<EmailTurn> => {
    const { tenantId, account } = turn;
    const at = clock.now();
    if (!(await accounts.changeEmail(tenantId, account.id, { email, expected: was, at }))) {
      settingsEvents.refused(turn, { account: account.id, what: 'email', reason: 'overtaken' });
      const overtaken = { step: 'address', typed: email, problem: { kind: 'overtaken' } } as const;
      await emailTasks.change(turn, unlessNewer(id, overtaken));
      return 'address';
    }
    const isNew = !isSameEmail(was, email);
    settingsEvents.emailChanged(turn, { account: account.id, proved: isNew ? 'new' : 'again' });
    // Its person may have proved it since this began: a thief who was first keeps no way back from them.
    const formerEmail = wasProved || account.emailVerified ? was : undefined;
    // It counts, and so is told whatever fails from here on (ground rule 7).
    const told = isNew && notices.tell({ ...noticeContext(turn, at), formerEmail }, 'email-replaced');
    try {
      await emailTasks.change(turn, unlessNewer(id, { step: 'done', id }));
    } finally {
      await told;
    }
    return 'changed';
  };

  const refuse = async (
    turn: SettingsTurn,
    { task, version, kind }: { task: AtCode; version: number; kind: EmailProblem['kind'] },
  ): Promise<EmailTurn> => {
    if (kind !== 'code-empty' && kind !== 'code-malformed') {
      settingsEvents.refused(turn, { account: turn.account.id, what: 'email', reason: kind });
    }
    if (kind !== 'wait') await emailTasks.save(turn, { ...task, problem: { kind } }, version);
    return 'code';
  };

  return async (
    turn: SettingsTurn,
    task: AtCode,
    { code, version }: { code: string; version: number },
  ): Promise<EmailTurn> => {
    if (code.trim() === '') return refuse(turn, { task, version, kind: 'code-empty' });
    const answer = await emailCode.redeem(methodContext(turn, clock.now()), task.email, code);
    if (answer === 'right') return change(turn, task);
    // Pressed twice: the first press used it up.
    if (answer === 'gone' && (await hasProved(parts, turn, task.email))) return 'already';
    return refuse(turn, { task, version, kind: CODE_PROBLEMS[answer] });
  };
}

/** Mails the code once more; the one before it works no longer. */
function createSendingAgain(parts: ChangeEmailParts) {
  const { emailTasks } = parts;
  const mail = createMailing(parts);
  const isNewest = createIsNewest(parts);

  return async (turn: SettingsTurn, task: AtCode, version: number): Promise<EmailTurn> => {
    const outcome = await mail(turn, task.email);
    const { problem: _over, ...standing } = task;
    if (outcome.kind === 'sent') {
      const mailed: EmailTask = { ...standing, mail: { again: true, againAt: outcome.againAt } };
      // Not where it was proved, cancelled or begun anew while the mail left.
      await emailTasks.change(turn, async (now) => {
        const stands = now?.step === 'code' && now.id === task.id;
        return stands && (await isNewest(turn, task.email)) ? mailed : undefined;
      });
      return 'code';
    }
    await emailTasks.save(turn, { ...standing, problem: problemOf(outcome) }, version);
    return 'code';
  };
}

/**
 * Another e-mail address, or a proof of the one there is (R15). It counts once the code that was mailed to it is typed, in
 * the session that asked for it; until then, and whatever goes wrong, the account keeps the address it has. Of two
 * windows one changes it, and the other one is told. Throws AppError `store-unavailable`.
 */
export function createChangeEmail(parts: ChangeEmailParts) {
  const { emailTasks } = parts;
  const ask = createAsking(parts);
  const prove = createProving(parts);
  const again = createSendingAgain(parts);

  /** Works on the task that a page stands for; a page of another one changes nothing, and says so. */
  const onTask = async (
    turn: SettingsTurn,
    id: string,
    work: (task: AtCode, version: number) => Promise<EmailTurn>,
  ): Promise<EmailTurn> => {
    const { task, version } = await emailTasks.load(turn);
    if (task?.step === 'done' && task.id === id) return 'already';
    if (task?.step === 'code' && task.id === id) return work(task, version);
    const problem = { kind: 'other-window' } as const;
    const told: EmailTask =
      task?.step === 'code' ? { ...task, problem } : { step: 'address', typed: '', problem };
    await emailTasks.save(turn, told, version);
    return task?.step === 'code' ? 'code' : 'address';
  };

  return {
    ask,
    /** What somebody is in the middle of. Reads only. */
    current: async (turn: SettingsTurn): Promise<EmailTask | undefined> => (await emailTasks.load(turn)).task,
    prove: (turn: SettingsTurn, { id, code }: Record<'id' | 'code', string>): Promise<EmailTurn> =>
      onTask(turn, id, (task, version) => prove(turn, task, { code, version })),
    /** The mail once more; the code before it works no longer. */
    sendAgain: (turn: SettingsTurn, id: string): Promise<EmailTurn> =>
      onTask(turn, id, (task, version) => again(turn, task, version)),
    /** Leaves everything as it was. */
    cancel: (turn: SettingsTurn): Promise<void> => emailTasks.forget(turn),
  };
}

export type ChangeEmail = ReturnType<typeof createChangeEmail>;
