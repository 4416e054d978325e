import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { createDigester } from '#adapters/crypto/digester.ts';
import { createSealer, masterKeyFrom } from '#adapters/crypto/sealer.ts';
import { createMemoryThrottleStore } from '#adapters/memory/throttle-store.ts';
import { createAccountStore } from '#adapters/postgres/account-store.ts';
import { createFactorStore } from '#adapters/postgres/factor-store.ts';
import { createLaneStore } from '#adapters/postgres/lane-store.ts';
import { createTenantStore } from '#adapters/postgres/tenant-store.ts';
import { tenantSchema } from '#config/tenant.ts';
import { canonicalLoginName } from '#src/account/login-name.ts';
import { createSprayAlarm } from '#src/lockout/spray-alarm.ts';
import { createTryLimiter } from '#src/lockout/try-limiter.ts';
import { createWrongTries } from '#src/lockout/wrong-tries.ts';
import { createLog } from '#src/log.ts';
import type { MethodContext } from '#src/sign-in/factor.ts';
import { createSystemEvents } from '#src/system-events.ts';
import type { TenantId } from '#src/tenant/tenant.ts';
import { createTestClock } from '../../support/clock.ts';
import { createTestDatabase, type Ending } from '../../support/postgres.ts';
import { TEST_TENANT } from '../../support/test-tenant.ts';

/** Writes down which methods of a real object are called, in order; the calls themselves go through. */
export function recordCalls<T extends object>(target: T): { recorded: T; calls: string[] } {
  const calls: string[] = [];
  const recorded = new Proxy(target, {
    get(of, name, receiver) {
      const member: unknown = Reflect.get(of, name, receiver);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        calls.push(String(name));
        return Reflect.apply(member, of, args);
      };
    },
  });
  return { recorded, calls };
}

/** The stores a sign-in is judged with: accounts and factors on Postgres, counters in memory, and a still clock. */
export async function createSignInBench(ending: Ending) {
  const { application } = await createTestDatabase(ending);
  const database = application;
  const clock = createTestClock();
  const sealer = createSealer({ current: masterKeyFrom(randomBytes(32).toString('base64')), previous: [] });
  const digester = createDigester(createHash('sha256').update(randomUUID()).digest());
  const accounts = createAccountStore({ database, sealer, digester });
  const factors = createFactorStore({ database, sealer });
  const tenant = await createTenantStore(database).ensure('bench', 'https://bench.example');

  /** A person of this tenant, or of `inTenant`. */
  const addAccount = async (
    loginName: string,
    options: { passwordHash?: string; email?: string; disabled?: boolean; inTenant?: TenantId } = {},
  ) => {
    const { passwordHash, email, disabled = false, inTenant: tenantId = tenant.id } = options;
    const made = await accounts.create({
      tenantId,
      loginName,
      loginNameCanonical: canonicalLoginName(loginName) ?? loginName,
      passwordHash,
      givenName: 'Test',
      familyName: loginName,
      email,
      emailVerified: email !== undefined,
      phone: undefined,
      phoneVerified: false,
      locale: 'nl',
      roles: [],
    });
    if (made.kind !== 'created') throw new Error(`${loginName} is taken`);
    if (disabled) await accounts.setDisabled(tenantId, made.account.id, clock.now());
    return made.account;
  };
  const throttle = createMemoryThrottleStore({ clock });
  const lanes = createLaneStore({ database });
  const log = createLog({ level: 'silent', format: 'json' });
  const settings = tenantSchema.parse(TEST_TENANT);
  const whole = { id: tenant.id, key: 'bench', issuer: 'https://bench.example', settings };
  /** A sign-in of a person as a second-step method sees it. */
  const contextOf = (
    accountId: string,
    address = '198.18.9.1',
    interaction = 'interaction',
  ): MethodContext => ({
    tenant: whole,
    accountId,
    loginName: 'bench',
    interaction,
    locale: 'nl',
    address,
    now: clock.now(),
  });
  return {
    contextOf,
    clock,
    database,
    digester,
    accounts,
    factors,
    throttle,
    lanes,
    log,
    wrongTries: createWrongTries({ lanes, clock }),
    sprayAlarm: createSprayAlarm({ throttle, clock, log, events: createSystemEvents(undefined) }),
    tenant: whole,
    openTry: createTryLimiter({ throttle, clock }),
    tenantId: tenant.id,
    addAccount,
  };
}

export type SignInBench = Awaited<ReturnType<typeof createSignInBench>>;
