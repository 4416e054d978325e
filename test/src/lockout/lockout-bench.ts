import { addressKey, passwordCounters, type StepCounters, secondStepCounters } from '#src/lockout/policy.ts';
import { STRANGERS, type ThrottleStore } from '#src/lockout/ports.ts';
import { createSprayAlarm } from '#src/lockout/spray-alarm.ts';
import { createTryLimiter } from '#src/lockout/try-limiter.ts';
import { createWrongTries } from '#src/lockout/wrong-tries.ts';
import type { PasswordHasher } from '#src/secret/ports.ts';
import { createCheckPassword, type PasswordAnswer } from '#src/sign-in/check-password.ts';
import { createCheckSecondStep } from '#src/sign-in/check-second-step.ts';
import type { FactorMethod } from '#src/sign-in/factor.ts';
import { createSystemEvents } from '#src/system-events.ts';
import type { SignInBench } from '../sign-in/sign-in-bench.ts';
import { type Answer, METHODS, type SignedIn, type Try } from './lockout-model.ts';

const RIGHT = 'right';

/** Passwords that are their own hashes: what is looked at here is who may try, hundreds of times. */
const hasher: PasswordHasher = {
  hash: async (password) => password,
  verify: async (hash, password) => ({ ok: hash === password, outdated: false }),
};

/** A method whose code is always the same. */
function methodOf(kind: string): FactorMethod {
  const proof = { amr: ['otp'], phishingResistant: false } as const;
  const field = { type: 'text', name: 'code', label: '', hint: undefined } as const;
  return {
    kind,
    icon: '',
    phishingResistant: false,
    channels: () => [],
    signIn: {
      field: () => ({ ...field, inputMode: 'numeric', autocomplete: '', maxLength: 8 }),
      isPlausible: () => true,
      check: async (_context, _factors, { code }) =>
        code === RIGHT ? { ok: true, factorId: undefined, proof } : { ok: false, reason: 'wrong' },
    },
  };
}

/** Gives the throttle store to go on with, empty. */
export type EmptyThrottle = () => Promise<ThrottleStore>;

/** The rules of a sign-in as the product wires them, over one throttle store; `limit` closes a lane. */
function wire({ bench, throttle, limit }: { bench: SignInBench; throttle: ThrottleStore; limit: number }) {
  const { clock, lanes, log, accounts, factors, digester } = bench;
  const openTry = createTryLimiter({ throttle, clock });
  const wrongTries = createWrongTries({ lanes, clock, limit });
  const sprayAlarm = createSprayAlarm({ throttle, clock, log, events: createSystemEvents(undefined) });
  return {
    throttle,
    checkPassword: createCheckPassword({ accounts, hasher, openTry, wrongTries, sprayAlarm, digester }),
    checkSecondStep: createCheckSecondStep({ factors, openTry, wrongTries, digester }),
  };
}

/** The real rules and stores, answering as the model does. `people` have accounts; other names have none. */
export async function createLockoutBench(
  bench: SignInBench,
  options: { people: readonly string[]; limit: number; emptyThrottle: EmptyThrottle },
) {
  const { clock, lanes, accounts, digester, contextOf, tenant } = bench;
  const { limit, emptyThrottle } = options;
  let rules = wire({ bench, throttle: await emptyThrottle(), limit });
  const ids = new Map<string, string>();
  for (const name of options.people) {
    ids.set(name, (await bench.addAccount(name, { passwordHash: RIGHT })).id);
  }
  const idOf = (name: string) => {
    const id = ids.get(name);
    if (id === undefined) throw new Error(`${name} has no account`);
    return id;
  };
  const laneOf = async ({ name, browser }: Pick<Try, 'name' | 'browser'>) =>
    (await accounts.findForSignIn(tenant.id, { canonical: name, email: undefined }, browser))?.lane;

  const password = async ({ name, browser, address, right }: Try): Promise<PasswordAnswer> =>
    rules.checkPassword({
      tenant,
      loginName: name,
      password: right ? RIGHT : 'wrong',
      address,
      browser,
    });
  const code = async (tried: Try): Promise<Answer> => {
    const context = { ...contextOf(idOf(tried.name), tried.address), lane: await laneOf(tried) };
    const typed = { code: tried.right ? RIGHT : 'wrong' };
    const answer = await rules.checkSecondStep({ context, method: methodOf(tried.step), typed });
    if (answer.kind === 'wait') return { kind: 'wait', wait: answer.until - clock.now() };
    return { kind: answer.kind === 'proved' ? 'right' : 'wrong' };
  };

  return {
    async try(tried: Try): Promise<Answer> {
      if (tried.step !== 'password') return code(tried);
      const answer = await password(tried);
      if (answer.kind === 'wait') return { kind: 'wait', wait: answer.until - clock.now() };
      if (answer.kind === 'blocked') return { kind: 'blocked' };
      return { kind: answer.kind === 'accepted' ? 'right' : 'wrong' };
    },
    /** What ends a sign-in whose steps were right. */
    async signIn(tried: Pick<Try, 'name' | 'browser'>): Promise<SignedIn> {
      const lane = (await laneOf(tried)) ?? STRANGERS;
      const of = { lane, browser: tried.browser, at: clock.now() };
      const settled = await lanes.signedIn(tenant.id, idOf(tried.name), of);
      if (settled.kind === 'blocked') return settled;
      const { before, newBrowser } = settled;
      const { failures, codeFailures } = before;
      return { kind: 'signed-in', failures, codeFailures, newBrowser };
    },
    async flush(): Promise<void> {
      rules = wire({ bench, throttle: await emptyThrottle(), limit });
    },
    /** Looks at every count of these names, browsers and addresses, and counts on none: something else is full. */
    async look(of: { names: readonly string[]; browsers: readonly string[]; addresses: readonly string[] }) {
      const address = digester.digest('address', addressKey('192.0.2.1'));
      const counters: StepCounters[] = of.names.flatMap((name) =>
        [STRANGERS, ...of.browsers].flatMap((lane) => {
          const account = ids.get(name);
          const nameDigest = digester.digest('login-name', name);
          const first = passwordCounters({ account, lane, nameDigest, address });
          if (account === undefined) return [first];
          const step = { accountId: account, lane, address };
          return [first, ...METHODS.map((method) => secondStepCounters({ ...step, method }))];
        }),
      );
      const looked = new Map(counters.flatMap(({ waits }) => waits.map((wait) => [wait.key, wait])));
      const windows = of.addresses.map((ip) => {
        const from = digester.digest('address', addressKey(ip));
        return passwordCounters({ account: '', lane: STRANGERS, nameDigest: '', address: from }).address;
      });
      const full = { kind: 'window', key: 'test:full', limit: 0, window: 1 } as const;
      await rules.throttle.take(tenant.id, [...looked.values(), ...windows, full], clock.now());
    },
  };
}

export type LockoutBench = Awaited<ReturnType<typeof createLockoutBench>>;
