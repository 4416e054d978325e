import type { Account } from '#src/account/account.ts';
import { canonicalLoginName } from '#src/account/login-name.ts';
import type { AccountStore } from '#src/account/ports.ts';
import type { Clock } from '#src/clock.ts';
import { addressKey, passwordCounters } from '#src/lockout/policy.ts';
import type { ThrottleStore } from '#src/lockout/ports.ts';
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
  throttle: ThrottleStore;
  digester: Digester;
  clock: Clock;
}

/**
 * Checks a login name and password. An unknown name costs the same query, throttle call and hash as a known one
 * and gets the same answer (ground rule 3); only the right password learns that an account is disabled (R24).
 * The try is counted before the hash is computed, so that parallel tries can't outrun the limit.
 * Throws AppError `hash-queue-full` or `store-unavailable`; a try that could not be judged is given back.
 */
export function createCheckPassword({ accounts, hasher, throttle, digester, clock }: Parts) {
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
      nameDigest: digester.digest('login-name', canonical ?? typed),
      address: digester.digest('address', addressKey(input.address)),
    });
    const taken = await throttle.take(tenantId, counters, clock.now());
    if (!taken.allowed) return { kind: 'wait', until: taken.until };
    const keys = counters.map((counter) => counter.key);

    const verdict = await hasher.verify(found?.passwordHash, password).catch(async (failure: unknown) => {
      await throttle.settle(tenantId, { clear: [], giveBack: keys });
      throw failure;
    });
    if (!verdict.ok || found === undefined) return { kind: 'refused' };

    const clear = counters.filter(({ kind }) => kind === 'wait').map(({ key }) => key);
    const giveBack = counters.filter(({ kind }) => kind === 'window').map(({ key }) => key);
    await throttle.settle(tenantId, { clear, giveBack });

    const { account, passwordHash } = found;
    if (account.disabledAt !== undefined) return { kind: 'disabled', account };
    if (verdict.outdated && passwordHash !== undefined) {
      await accounts.replacePasswordHash(tenantId, account.id, passwordHash, await hasher.hash(password));
    }
    return { kind: 'accepted', account };
  };
}

export type CheckPassword = ReturnType<typeof createCheckPassword>;
