import type { Account } from '#src/account/account.ts';
import type { JudgeNewPassword } from '#src/account/judge-new-password.ts';
import type { AccountStore } from '#src/account/ports.ts';
import type { Clock } from '#src/clock.ts';
import type { EventContext, LockoutEvents, SignInEvents } from '#src/events.ts';
import { newPasswordCounter, passwordCounters } from '#src/lockout/policy.ts';
import { STRANGERS, type ThrottleStore } from '#src/lockout/ports.ts';
import type { Notices } from '#src/message/notices.ts';
import { seenOf } from '#src/recovery/standing.ts';
import type { PasswordHasher } from '#src/secret/ports.ts';
import { sessionMark } from '#src/session/outlives-password.ts';
import type { Sessions } from '#src/session/ports.ts';
import type { SettingsEvents } from '#src/settings-events.ts';
import type { CheckPassword } from '#src/sign-in/check-password.ts';
import { noticeContext, type SettingsTurn } from './turn.ts';

export interface ChangePasswordParts {
  accounts: Pick<AccountStore, 'findById' | 'changePassword'>;
  /** The same as at the sign-in: its waits, its blocks and its alarm. */
  checkPassword: CheckPassword;
  judgeNewPassword: JudgeNewPassword;
  hasher: Pick<PasswordHasher, 'hash'>;
  sessions: Pick<Sessions, 'endOthers'>;
  throttle: Pick<ThrottleStore, 'settle'>;
  notices: Pick<Notices, 'tell'>;
  signInEvents: Pick<SignInEvents, 'passwordChecked'>;
  lockout: Pick<LockoutEvents, 'laneBlocked'>;
  settingsEvents: Pick<SettingsEvents, 'passwordChanged' | 'refused'>;
  clock: Clock;
}

/** Both as typed. */
export interface PasswordChangeTry {
  current: string;
  next: string;
  /** When the password that the form is about was set anew (milliseconds); undefined for the first one. */
  since: number | undefined;
}

/** Why nothing was changed. `until` is in milliseconds since the epoch. */
export type PasswordChangeProblem =
  | { kind: 'empty'; current: boolean; next: boolean }
  | { kind: 'wrong' | 'blocked' }
  /** It was changed already: in another window, or by a second press on the same button. */
  | { kind: 'overtaken' }
  | { kind: 'wait'; until: number }
  /** By the names of their texts: `newPassword.problem.<fault>`. */
  | { kind: 'refused'; faults: readonly string[] };

export type PasswordChangeResult = { kind: 'changed' } | PasswordChangeProblem;

const TASK = 'password';

/** As events of the sign-in are told where they happened; the session is kept hashed. */
function placeOf({ session, ...turn }: SettingsTurn): EventContext & { session: string } {
  const { tenantId, reference, interaction, address, userAgent } = turn;
  return { tenantId, reference, interaction, address, userAgent, session: session.uid };
}

/** A right password that opens nothing (R24) is not told from one that was replaced: the next page asks who it is. */
const REFUSED = { disabled: 'overtaken', reported: 'overtaken', blocked: 'blocked' } as const;

/** The current password, judged and counted as at a sign-in in this very browser (ASVS 6.2.3). */
function createProveCurrent({ checkPassword, signInEvents, lockout }: ChangePasswordParts) {
  return async (
    at: SettingsTurn,
    password: string,
  ): Promise<{ kind: 'proved'; account: Account } | PasswordChangeProblem> => {
    const { tenant, address, account, session } = at;
    const { loginName } = account;
    const browser = session.facts?.browser;
    const answer = await checkPassword({ tenant, loginName, password, address, browser });
    const about = 'about' in answer ? answer.about : { account: answer.account.id };
    const outcome = answer.kind === 'accepted' ? 'success' : 'failure';
    signInEvents.passwordChecked(placeOf(at), { outcome, reason: answer.kind, ...about });
    switch (answer.kind) {
      case 'wait':
        return { kind: 'wait', until: answer.until };
      case 'refused': {
        const { closed } = answer;
        const lane = closed?.lane === STRANGERS ? 'strangers' : 'own';
        if (closed) lockout.laneBlocked(placeOf(at), { account: account.id, lane, of: 'password' });
        return { kind: 'wrong' };
      }
      case 'disabled':
      case 'reported':
      case 'blocked':
        return { kind: REFUSED[answer.kind] };
      case 'accepted':
        return { kind: 'proved', account: answer.account };
    }
  };
}

/**
 * Replaces a password by who is signed in and knows the one there is. With it every other session, grant and known
 * browser ends, and every open link; this session goes on, and nothing else that began with the old one. Of two that are
 * sent at once one is made. Throws AppError `hash-queue-full` or `store-unavailable`; other sessions end before the
 * change as well, so that none outlives it whatever fails.
 */
export function createChangePassword(parts: ChangePasswordParts) {
  const { accounts, judgeNewPassword, sessions, settingsEvents, clock } = parts;
  const proveCurrent = createProveCurrent(parts);

  /** False when somebody else changed the account meanwhile. */
  const change = async (at: SettingsTurn, account: Account, next: string): Promise<boolean> => {
    const { tenant, tenantId, session } = at;
    const { id } = account;
    const hash = await parts.hasher.hash(next);
    const ended = await sessions.endOthers(tenant, id, session.uid);
    const keep = { keepBrowser: session.facts?.browser, keepSession: sessionMark(session.uid) };
    const changing = { hash, at: clock.now(), provesEmail: undefined, seen: seenOf(account), ...keep };
    if (!(await accounts.changePassword(tenantId, id, changing))) return false;
    // It is changed, and so is recorded and told whatever fails from here on (ground rule 7).
    const told = parts.notices.tell(noticeContext(at, clock.now()), 'password-changed');
    try {
      const late = await sessions.endOthers(tenant, id, session.uid);
      ended.sessions += late.sessions;
      ended.grants += late.grants;
      const { waits } = passwordCounters({ account: id, lane: STRANGERS, nameDigest: '', address: '' });
      const clear = [...waits, newPasswordCounter(id)].map(({ key }) => key);
      await parts.throttle.settle(tenantId, { clear, giveBack: [] });
    } finally {
      settingsEvents.passwordChanged(at, { account: id, purpose: 'settings', ...ended });
      await told;
    }
    return true;
  };

  /** What was right when it was sent, and is not any more: pressed twice, as often as not. */
  const wasReplaced = async ({ tenantId, account }: SettingsTurn, since: number | undefined) =>
    (await accounts.findById(tenantId, account.id))?.passwordChangedAt !== since;

  const judge = async (at: SettingsTurn, typed: PasswordChangeTry): Promise<PasswordChangeResult> => {
    const { current, next, since } = typed;
    if (since !== at.account.passwordChangedAt) return { kind: 'overtaken' };
    if (current === '' || next === '') return { kind: 'empty', current: current === '', next: next === '' };
    const proved = await proveCurrent(at, current);
    if (proved.kind === 'wrong' && (await wasReplaced(at, since))) return { kind: 'overtaken' };
    if (proved.kind !== 'proved') return proved;
    const { account } = proved;
    if (account.id !== at.account.id || account.passwordChangedAt !== since) return { kind: 'overtaken' };
    const isCurrent = async () => next.normalize('NFC') === current.normalize('NFC');
    const verdict = await judgeNewPassword({ tenant: at.tenant, account, typed: next, isCurrent });
    if (verdict.kind !== 'taken') return verdict;
    return { kind: (await change(at, account, next)) ? 'changed' : 'overtaken' };
  };

  return async (at: SettingsTurn, typed: PasswordChangeTry): Promise<PasswordChangeResult> => {
    const result = await judge(at, typed);
    if (result.kind !== 'changed') {
      const reason = result.kind === 'refused' ? result.faults.join(' ') : result.kind;
      settingsEvents.refused(at, { account: at.account.id, what: TASK, reason });
    }
    return result;
  };
}

export type ChangePassword = ReturnType<typeof createChangePassword>;
