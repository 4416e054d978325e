import type { AddingParts } from '#interactions/settings/methods/add-steps.ts';
import type { MethodsParts } from '#interactions/settings/methods/steps.ts';
import type { Clock } from '#src/clock.ts';
import { createEnrolFactor } from '#src/enrolment/enrol-factor.ts';
import { createTryLimiter } from '#src/lockout/try-limiter.ts';
import { createMethods } from '#src/settings/methods.ts';
import { createSetUp } from '#src/settings/set-up.ts';
import type { TaskKeeper } from '#src/settings/task-keeper.ts';
import type { SettingsEvents } from '#src/settings-events.ts';
import type { Durable } from './durable.ts';
import type { SecondStep } from './second-step.ts';
import type { Volatile } from './volatile.ts';

export interface SettingsMethodsParts {
  durable: Pick<Durable, 'factors' | 'digester'>;
  volatile: Pick<Volatile, 'throttle' | 'deliveries'>;
  secondStep: Pick<SecondStep, 'methods' | 'notices'>;
  tasks: TaskKeeper;
  settingsEvents: SettingsEvents;
  clock: Clock;
}

/** What people do with their second-step methods, wired to its stores. */
export function composeSettingsMethods(
  parts: SettingsMethodsParts,
): Omit<AddingParts, 'clock'> & MethodsParts {
  const { durable, volatile, secondStep, tasks, settingsEvents: events, clock } = parts;
  const { factors, digester } = durable;
  const { throttle, deliveries } = volatile;
  const { methods, notices } = secondStep;
  const openTry = createTryLimiter({ throttle, clock });
  const enrolFactor = createEnrolFactor({ factors, openTry, digester });
  return {
    methods,
    setUps: createSetUp({ tasks, enrolFactor, factors, deliveries, methods, events, clock }),
    ownMethods: createMethods({
      factors,
      methods,
      tell: ({ tenant, account }, what, { formerPhone } = {}) =>
        void notices.tell({ tenant, accountId: account.id, now: clock.now(), formerPhone }, what),
      events,
      clock,
    }),
  };
}
