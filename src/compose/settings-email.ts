import type { Clock } from '#src/clock.ts';
import { createChangeEmail } from '#src/settings/change-email.ts';
import { createEmailTasks } from '#src/settings/email-task.ts';
import type { TaskKeeper } from '#src/settings/task-keeper.ts';
import type { SettingsEvents } from '#src/settings-events.ts';
import type { Durable } from './durable.ts';
import type { SecondStep } from './second-step.ts';

export interface SettingsEmailParts {
  durable: Pick<Durable, 'accounts'>;
  secondStep: Pick<SecondStep, 'emailCode' | 'notices'>;
  tasks: TaskKeeper;
  settingsEvents: SettingsEvents;
  clock: Clock;
}

/** The e-mail address of people who are signed in, wired to its stores. */
export function composeSettingsEmail(parts: SettingsEmailParts) {
  const { durable, secondStep, tasks, settingsEvents, clock } = parts;
  return {
    changeEmail: createChangeEmail({
      emailTasks: createEmailTasks({ tasks }),
      ...{ emailCode: secondStep.emailCode, notices: secondStep.notices },
      ...{ accounts: durable.accounts, settingsEvents, clock },
    }),
  };
}
