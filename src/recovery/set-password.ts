import type { Account } from '#src/account/account.ts';
import type { JudgeNewPassword } from '#src/account/judge-new-password.ts';
import { canonicalLoginName } from '#src/account/login-name.ts';
import type { AccountStore } from '#src/account/ports.ts';
import type { Clock } from '#src/clock.ts';
import type { RecoveryEvents } from '#src/events.ts';
import { newPasswordCounter, passwordCounters } from '#src/lockout/policy.ts';
import { STRANGERS, type ThrottleStore } from '#src/lockout/ports.ts';
import type { NoticeKind } from '#src/message/notices.ts';
import type { PasswordHasher } from '#src/secret/ports.ts';
import type { Sessions } from '#src/session/ports.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import type { MailLinks } from './mail-links.ts';
import type { RecoveryTurn } from './recovery.ts';
import type { RecoveryAt, RecoveryEvent, RecoveryFlow } from './recovery-flow.ts';
import type { RecoveryKeeper } from './recovery-keeper.ts';
import { seenOf, stillStands } from './standing.ts';

/** Ends every session and grant of an account, and tells applications; says how many there were. */
export type EndAccount = Sessions['endAll'];

export interface SetPasswordParts {
  keeper: RecoveryKeeper;
  accounts: Pick<AccountStore, 'findForSignIn' | 'changePassword'>;
  mailLinks: Pick<MailLinks, 'emailMark'>;
  hasher: PasswordHasher;
  judgeNewPassword: JudgeNewPassword;
  endAccount: EndAccount;
  throttle: Pick<ThrottleStore, 'settle'>;
  /** Tells the person on every proved channel; never rejects. */
  tell(tenant: Tenant, accountId: string, what: NoticeKind): Promise<void>;
  events: Pick<RecoveryEvents, 'passwordRefused' | 'passwordChanged'>;
  clock: Clock;
}

/**
 * Takes a new password (R21): by the rules, and not the one there is; with it every session, grant, known browser and
 * open link ends. Of two that are sent at once one is taken. Whoever sends a great many ends the recovery. Throws AppError `hash-queue-full` or `store-unavailable`;
 * sessions end before the change as well, so that none outlives it whatever fails.
 */
export function createSetPassword(parts: SetPasswordParts) {
  const { keeper, accounts, hasher, throttle, events, clock } = parts;

  /** False when somebody else changed the account meanwhile. */
  const change = async (
    at: RecoveryTurn,
    flow: RecoveryAt<'new-password'>,
    { account, typed }: { account: Account; typed: string },
  ): Promise<boolean> => {
    const { tenant, tenantId } = at;
    const { id, email } = account;
    const hash = await hasher.hash(typed);
    const ended = await parts.endAccount(tenant, id);
    const provesEmail = parts.mailLinks.emailMark(tenantId, account) === flow.emailMark ? email : undefined;
    const recovered = flow.purpose === 'reset';
    // A link is good for one mailbox: whoever has that is nobody once the account has another one.
    const byAddress = flow.emailMark === undefined ? undefined : email;
    const seen = seenOf(account);
    const changing = { hash, at: clock.now(), provesEmail, seen, byAddress, recovered };
    if (!(await accounts.changePassword(tenantId, id, changing))) return false;
    // It is changed, and so is recorded and told whatever fails from here on (ground rule 7).
    const told = parts.tell(tenant, id, flow.purpose === 'invitation' ? 'password-made' : 'password-changed');
    try {
      const { sessions, grants } = await parts.endAccount(tenant, id);
      ended.sessions += sessions;
      ended.grants += grants;
      const { waits } = passwordCounters({ account: id, lane: STRANGERS, nameDigest: '', address: '' });
      const clear = [...waits, newPasswordCounter(id)].map(({ key }) => key);
      await throttle.settle(tenantId, { clear, giveBack: [] });
    } finally {
      events.passwordChanged(at, { account: id, purpose: flow.purpose, ...ended });
      await told;
    }
    return true;
  };

  const judge = async (
    at: RecoveryTurn,
    flow: RecoveryAt<'new-password'>,
    typed: string,
  ): Promise<RecoveryEvent> => {
    const { linkId, accountId, loginName } = flow;
    const canonical = canonicalLoginName(loginName);
    const found = await accounts.findForSignIn(at.tenantId, { canonical, email: undefined });
    const isTheirs = found?.account.id === accountId;
    if (found === undefined || !isTheirs || !stillStands(found.account, flow, clock.now())) {
      return { kind: 'overtaken', linkId };
    }
    const { account, passwordHash } = found;
    // Whoever began this at an address that was left or taken away since has no way in by it any more.
    const mark = parts.mailLinks.emailMark(at.tenantId, account);
    if (flow.emailMark !== undefined && flow.emailMark !== mark) return { kind: 'overtaken', linkId };
    const isCurrent = async () => passwordHash !== undefined && (await hasher.verify(passwordHash, typed)).ok;
    const verdict = await parts.judgeNewPassword({ tenant: at.tenant, account, typed, isCurrent });
    if (verdict.kind === 'wait') {
      events.passwordRefused(at, { account: accountId, reason: verdict.kind });
      return { kind: 'overtaken', linkId };
    }
    if (verdict.kind === 'refused') {
      const { faults } = verdict;
      events.passwordRefused(at, { account: accountId, reason: faults.join(' ') });
      return { kind: 'password-refused', linkId, faults };
    }
    const changed = await change(at, flow, { account, typed });
    return { kind: changed ? 'password-changed' : 'overtaken', linkId };
  };

  return async (at: RecoveryTurn, typed: string): Promise<RecoveryFlow> => {
    const kept = await keeper.load(at);
    const { flow } = kept;
    if (flow.step !== 'new-password') return flow;
    return keeper.advance(at, kept, await judge(at, flow, typed));
  };
}
