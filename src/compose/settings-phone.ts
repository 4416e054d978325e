import type { Clock } from '#src/clock.ts';
import { createEnrolFactor } from '#src/enrolment/enrol-factor.ts';
import { createTryLimiter } from '#src/lockout/try-limiter.ts';
import { type ChangePhone, createChangePhone } from '#src/settings/change-phone.ts';
import { createSetUp } from '#src/settings/set-up.ts';
import type { TaskKeeper } from '#src/settings/task-keeper.ts';
import type { SettingsEvents } from '#src/settings-events.ts';
import type { Durable } from './durable.ts';
import type { SecondStep } from './second-step.ts';
import type { Volatile } from './volatile.ts';

export interface PhoneCompositionParts {
  durable: Pick<Durable, 'factors' | 'digester'>;
  volatile: Pick<Volatile, 'throttle' | 'deliveries'>;
  secondStep: Pick<SecondStep, 'methods' | 'notices'>;
  tasks: TaskKeeper;
  settingsEvents: SettingsEvents;
  clock: Clock;
}

/** The change of a phone number, wired to its stores. */
export function composeChangePhone(parts: PhoneCompositionParts): ChangePhone {
  const { durable, volatile, secondStep, tasks, settingsEvents: events, clock } = parts;
  const { factors, digester } = durable;
  const { throttle, deliveries } = volatile;
  const { methods, notices } = secondStep;
  const openTry = createTryLimiter({ throttle, clock });
  return createChangePhone({
    setUps: createSetUp({
      ...{ tasks, factors, deliveries, methods, events, clock },
      enrolFactor: createEnrolFactor({ factors, openTry, digester }),
    }),
    tell: (context) => notices.tell(context, 'phone-changed'),
    ...{ factors, methods, events, clock },
  });
}
