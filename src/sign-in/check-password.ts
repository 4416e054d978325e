import type { Account, AccountId } from '#src/account/account.ts';
import { canonicalLoginName } from '#src/account/login-name.ts';
import type { AccountStore } from '#src/account/ports.ts';
import { comparableEmail } from '#src/account/profile.ts';
import { AppError } from '#src/errors.ts';
import { addressKey, passwordCounters } from '#src/lockout/policy.ts';
import { type Lane, STRANGERS } from '#src/lockout/ports.ts';
import type { SprayAlarm } from '#src/lockout/spray-alarm.ts';
import type { TryLimiter } from '#src/lockout/try-limiter.ts';
import type { WrongTries } from '#src/lockout/wrong-tries.ts';
import type { Digester, PasswordHasher } from '#src/secret/ports.ts';
import type { Tenant } from '#src/tenant/tenant.ts';

export interface PasswordTry {
  tenant: Tenant;
  /** As typed. */
  loginName: string;
  /** As typed: never trimmed, folded or cut (ASVS 6.2.8). */
  password: string;
  /** Address of the browser. */
  address: string;
  /** Digest of the mark of a browser that signed in before. */
  browser?: string | undefined;
}

/** `until` is in milliseconds since the epoch. `lane` is where this browser's tries at the account count. */
export type PasswordAnswer =
  | { kind: 'accepted'; account: Account; lane: Lane }
  | { kind: 'disabled'; account: Account }
  /** The person said that somebody else was in the account. */
  | { kind: 'reported'; account: Account }
  /** Too many wrong tries in a row in this lane. */
  | { kind: 'blocked'; account: Account }
  /** `closed`: with this try the lane was closed. */
  | { kind: 'refused'; closed?: { account: Account; lane: Lane } | undefined; about: TriedName }
  | { kind: 'wait'; until: number; about: TriedName };

/** Whom a try was about, for the audit log alone: an account, or the keyed digest of a name that is nobody's. */
export type TriedName = { account: AccountId } | { name: string };

interface Parts {
  accounts: Pick<AccountStore, 'findForSignIn' | 'replacePasswordHash'>;
  hasher: PasswordHasher;
  openTry: TryLimiter;
  wrongTries: WrongTries;
  sprayAlarm: SprayAlarm;
  digester: Digester;
}

/**
 * Checks a login name and password. An unknown name costs the same queries, throttle calls and hash as a known one
 * and gets the same answer (ground rule 3); only the right password learns that nobody gets in (R24). The try is
 * counted before the hash is computed, so that parallel tries can't outrun the limit, and in the lane of this browser:
 * what strangers do keeps nobody out of their own (ground rule 5). Throws AppError `hash-queue-full` or
 * `store-unavailable`; a try that could not be judged is given back.
 */
export function createCheckPassword(parts: Parts) {
  const { accounts, hasher, openTry, digester } = parts;

  /** Puts the password under today's parameters. With the queue full that waits for the next sign-in. */
  const upgrade = async ({ tenantId, id }: Account, previous: string, password: string): Promise<void> => {
    try {
      await accounts.replacePasswordHash(tenantId, id, previous, await hasher.hash(password));
    } catch (failure) {
      if (!(failure instanceof AppError && failure.code === 'hash-queue-full')) throw failure;
    }
  };

  const find = async ({ tenant, loginName, browser }: PasswordTry) => {
    const typed = loginName.trim();
    const canonical = canonicalLoginName(typed);
    const email = typed.includes('@') ? typed : undefined;
    const found = await accounts.findForSignIn(tenant.id, { canonical, email }, browser);
    return { found, nameDigest: digester.digest('login-name', canonical ?? comparableEmail(typed)) };
  };

  return async (input: PasswordTry): Promise<PasswordAnswer> => {
    const { tenant, password } = input;
    const { found, nameDigest } = await find(input);
    const lane = found?.lane ?? STRANGERS;
    const address = digester.digest('address', addressKey(input.address));
    const counters = passwordCounters({ account: found?.account.id, lane, nameDigest, address });
    const opening = await openTry(tenant.id, counters);
    const about: TriedName = found === undefined ? { name: nameDigest } : { account: found.account.id };
    if (!opening.allowed) return { kind: 'wait', until: opening.until, about };
    const { ticket } = opening;

    const verdict = await hasher.verify(found?.passwordHash, password).catch(async (failure: unknown) => {
      await ticket.withdrawn();
      throw failure;
    });
    if (!verdict.ok || found === undefined) {
      const [counted] = await Promise.all([
        parts.wrongTries.password(tenant.id, found?.account.id, lane),
        ticket.failed(),
        parts.sprayAlarm.failed(tenant, nameDigest),
      ]);
      const closed = counted.closed && found !== undefined ? { account: found.account, lane } : undefined;
      return { kind: 'refused', closed, about };
    }
    await ticket.succeeded();

    const { account, passwordHash } = found;
    if (account.disabledAt !== undefined) return { kind: 'disabled', account };
    if (account.suspendedAt !== undefined) return { kind: 'reported', account };
    if (found.laneBlockedAt !== undefined) return { kind: 'blocked', account };
    if (verdict.outdated && passwordHash !== undefined) await upgrade(account, passwordHash, password);
    return { kind: 'accepted', account, lane };
  };
}

export type CheckPassword = ReturnType<typeof createCheckPassword>;
