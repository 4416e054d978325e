import { factorMethods, methodOf } from '#interactions/factors/registry.ts';
import type { Clock } from '#src/clock.ts';
import { createEnrolFactor } from '#src/enrolment/enrol-factor.ts';
import { AppError } from '#src/errors.ts';
import { createSignInEvents } from '#src/events.ts';
import { createTryLimiter } from '#src/lockout/try-limiter.ts';
import type { Log } from '#src/log.ts';
import { INTERACTION_TTL } from '#src/provider/lifetimes.ts';
import type { PasswordHasher } from '#src/secret/ports.ts';
import { createCheckPassword } from '#src/sign-in/check-password.ts';
import { createCheckSecondStep } from '#src/sign-in/check-second-step.ts';
import type { FactorMethod } from '#src/sign-in/factor.ts';
import { createFlowKeeper } from '#src/sign-in/flow-keeper.ts';
import { createSignIn } from '#src/sign-in/sign-in.ts';
import type { Durable } from './durable.ts';
import type { Volatile } from './volatile.ts';

export interface SignInParts {
  durable: Pick<Durable, 'accounts' | 'factors' | 'sealer' | 'digester'>;
  volatile: Pick<Volatile, 'flows' | 'throttle'>;
  hasher: PasswordHasher;
  clock: Clock;
  log: Log;
}

/** A flow can name a method that this version does not have only after a roll-back. */
function requireMethod(kind: string): FactorMethod {
  const method = methodOf(kind);
  if (method === undefined) throw new AppError('internal', 500, `no second-step method called ${kind}`);
  return method;
}

/** The rules of a sign-in, wired to their stores. */
export function composeSignIn({ durable, volatile, hasher, clock, log }: SignInParts) {
  const { accounts, factors, sealer, digester } = durable;
  const { flows, throttle } = volatile;
  const events = createSignInEvents(log);
  const openTry = createTryLimiter({ throttle, clock });
  const signIn = createSignIn({
    keeper: createFlowKeeper({ flows, sealer, ttl: INTERACTION_TTL }),
    checkPassword: createCheckPassword({ accounts, hasher, openTry, digester }),
    checkSecondStep: createCheckSecondStep({ factors, openTry, digester, clock }),
    enrolFactor: createEnrolFactor({ factors, clock }),
    accounts,
    factors,
    methods: factorMethods,
    events,
    clock,
  });
  return { signIn, events, methodOf: requireMethod };
}
