import type { AddingParts } from '#interactions/settings/methods/add-steps.ts';
import type { MethodsParts } from '#interactions/settings/methods/steps.ts';
import type { PhoneParts } from '#interactions/settings/phone/steps.ts';
import type { Clock } from '#src/clock.ts';
import { createEnrolFactor } from '#src/enrolment/enrol-factor.ts';
import { createTryLimiter } from '#src/lockout/try-limiter.ts';
import { createChangePhone } from '#src/settings/change-phone.ts';
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

/** What people do with their second-step methods, phone numbers among them, wired to its stores. */
export function composeSettingsMethods(
  parts: SettingsMethodsParts,
): Omit<AddingParts & MethodsParts & PhoneParts, 'clock'> {
  const { durable, volatile, secondStep, tasks, settingsEvents, clock } = parts;
  const { factors, digester } = durable;
  const { throttle, deliveries } = volatile;
  const { methods, notices } = secondStep;
  const openTry = createTryLimiter({ throttle, clock });
  const enrolFactor = createEnrolFactor({ factors, openTry, digester });
  const given = { factors, methods, notices, settingsEvents, clock };
  const setUps = createSetUp({ ...given, tasks, enrolFactor, deliveries });
  return {
    methods,
    setUps,
    ownMethods: createMethods(given),
    changePhone: createChangePhone({ ...given, setUps }),
  };
}
