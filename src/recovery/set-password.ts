import type { Account } from '#src/account/account.ts';
import { canonicalLoginName } from '#src/account/login-name.ts';
import type { PasswordRules } from '#src/account/password-rules.ts';
import type { AccountStore } from '#src/account/ports.ts';
import { hostOf } from '#src/canonical-request.ts';
import type { Clock } from '#src/clock.ts';
import type { RecoveryEvents } from '#src/events.ts';
import { newPasswordCounter, passwordCounters } from '#src/lockout/policy.ts';
import { STRANGERS, type ThrottleStore } from '#src/lockout/ports.ts';
import type { NoticeKind } from '#src/message/notices.ts';
import type { PasswordHasher } from '#src/secret/ports.ts';
import type { Tenant, TenantId } from '#src/tenant/tenant.ts';
import type { MailLinks } from './mail-links.ts';
import type { RecoveryTurn } from './recovery.ts';
import type { RecoveryAt, RecoveryEvent, RecoveryFlow } from './recovery-flow.ts';
import type { RecoveryKeeper } from './recovery-keeper.ts';
import { seenOf, stillStands } from './standing.ts';

/** Ends every session and grant of an account; says how many there were. */
export type EndAccount = (
  tenantId: TenantId,
  accountId: string,
) => Promise<{ sessions: number; grants: number }>;

export interface SetPasswordParts {
  keeper: RecoveryKeeper;
  accounts: Pick<AccountStore, 'findForSignIn' | 'changePassword'>;
  mailLinks: Pick<MailLinks, 'emailMark'>;
  hasher: PasswordHasher;
  rules: PasswordRules;
  /** Whether a password is known from leaks; false when that can't be found out. */
  isBreached?: ((password: string) => Promise<boolean>) | undefined;
  endAccount: EndAccount;
  throttle: Pick<ThrottleStore, 'take' | 'settle'>;
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

  const faultsOf = async (
    { tenant }: RecoveryTurn,
    { account, passwordHash }: { account: Account; passwordHash: string | undefined },
    typed: string,
  ): Promise<readonly string[] | 'wait'> => {
    if (typed === '') return ['empty'];
    const { loginName, email, givenName, familyName } = account;
    const { name: tenantName, productName } = tenant.settings;
    const names = { tenantName, productName, host: hostOf(tenant.issuer), loginName, givenName, familyName };
    const check = await parts.rules.checkNewPassword(typed, { ...names, email });
    if (!check.ok) return check.reasons;
    const taken = await throttle.take(tenant.id, [newPasswordCounter(account.id)], clock.now());
    if (!taken.allowed) return 'wait';
    if (passwordHash !== undefined && (await hasher.verify(passwordHash, typed)).ok) return ['same'];
    return (await parts.isBreached?.(typed)) ? ['leaked'] : [];
  };

  /** False when somebody else changed the account meanwhile. */
  const change = async (
    at: RecoveryTurn,
    flow: RecoveryAt<'new-password'>,
    { account, typed }: { account: Account; typed: string },
  ): Promise<boolean> => {
    const { tenant, tenantId } = at;
    const { id, email } = account;
    const hash = await hasher.hash(typed);
    const ended = await parts.endAccount(tenantId, id);
    const provesEmail = parts.mailLinks.emailMark(tenantId, account) === flow.emailMark ? email : undefined;
    const changing = { hash, at: clock.now(), provesEmail, seen: seenOf(account) };
    if (!(await accounts.changePassword(tenantId, id, changing))) return false;
    // It is changed, and so is recorded and told whatever fails from here on (ground rule 7).
    const told = parts.tell(tenant, id, flow.purpose === 'invitation' ? 'password-made' : 'password-changed');
    try {
      const { sessions, grants } = await parts.endAccount(tenantId, id);
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
    const faults = await faultsOf(at, found, typed);
    if (faults === 'wait') {
      events.passwordRefused(at, { account: accountId, reason: faults });
      return { kind: 'overtaken', linkId };
    }
    if (faults.length > 0) {
      events.passwordRefused(at, { account: accountId, reason: faults.join(' ') });
      return { kind: 'password-refused', linkId, faults };
    }
    const changed = await change(at, flow, { account: found.account, typed });
    return { kind: changed ? 'password-changed' : 'overtaken', linkId };
  };

  return async (at: RecoveryTurn, typed: string): Promise<RecoveryFlow> => {
    const kept = await keeper.load(at);
    const { flow } = kept;
    if (flow.step !== 'new-password') return flow;
    return keeper.advance(at, kept, await judge(at, flow, typed));
  };
}
