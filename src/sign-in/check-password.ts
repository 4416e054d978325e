import type { Account } from '#src/account/account.ts';
import { canonicalLoginName } from '#src/account/login-name.ts';
import type { AccountStore } from '#src/account/ports.ts';
import { comparableEmail } from '#src/account/profile.ts';
import { AppError } from '#src/errors.ts';
import { addressKey, passwordCounters } from '#src/lockout/policy.ts';
import type { TryLimiter } from '#src/lockout/try-limiter.ts';
import type { Digester, PasswordHasher } from '#src/secret/ports.ts';
import type { TenantId } from '#src/tenant/tenant.ts';

export interface PasswordTry {
  tenantId: TenantId;
  /** As typed. */
  loginName: string;
  /** As typed: never trimmed, folded or cut (ASVS 6.2.8). */
  password: string;
  /** Address of the browser. */
  address: string;
}

/** `until` is in milliseconds since the epoch. */
export type PasswordAnswer =
  | { kind: 'accepted'; account: Account }
  | { kind: 'disabled'; account: Account }
  | { kind: 'refused' }
  | { kind: 'wait'; until: number };

interface Parts {
  accounts: AccountStore;
  hasher: PasswordHasher;
  openTry: TryLimiter;
  digester: Digester;
}

/**
 * Checks a login name and password. An unknown name costs the same query, throttle call and hash as a known one
 * and gets the same answer (ground rule 3); only the right password learns that an account is disabled (R24).
 * The try is counted before the hash is computed, so that parallel tries can't outrun the limit.
 * Throws AppError `hash-queue-full` or `store-unavailable`; a try that could not be judged is given back.
 */
export function createCheckPassword({ accounts, hasher, openTry, digester }: Parts) {
  /** Puts the password under today's parameters. With the queue full that waits for the next sign-in. */
  const upgrade = async ({ tenantId, id }: Account, previous: string, password: string): Promise<void> => {
    try {
      await accounts.replacePasswordHash(tenantId, id, previous, await hasher.hash(password));
    } catch (failure) {
      if (!(failure instanceof AppError && failure.code === 'hash-queue-full')) throw failure;
    }
  };

  return async (input: PasswordTry): Promise<PasswordAnswer> => {
    const { tenantId, password } = input;
    const typed = input.loginName.trim();
    const canonical = canonicalLoginName(typed);
    const found = await accounts.findForSignIn(tenantId, {
      canonical,
      email: typed.includes('@') ? typed : undefined,
    });

    const counters = passwordCounters({
      account: found?.account.id,
      nameDigest: digester.digest('login-name', canonical ?? comparableEmail(typed)),
      address: digester.digest('address', addressKey(input.address)),
    });
    const opening = await openTry(tenantId, counters);
    if (!opening.allowed) return { kind: 'wait', until: opening.until };
    const { ticket } = opening;

    const verdict = await hasher.verify(found?.passwordHash, password).catch(async (failure: unknown) => {
      await ticket.withdrawn();
      throw failure;
    });
    if (!verdict.ok || found === undefined) {
      await ticket.failed();
      return { kind: 'refused' };
    }
    await ticket.succeeded();

    const { account, passwordHash } = found;
    if (account.disabledAt !== undefined) return { kind: 'disabled', account };
    if (verdict.outdated && passwordHash !== undefined) await upgrade(account, passwordHash, password);
    return { kind: 'accepted', account };
  };
}

export type CheckPassword = ReturnType<typeof createCheckPassword>;
