import type { JudgeNewPassword } from '#src/account/judge-new-password.ts';
import type { Clock } from '#src/clock.ts';
import { createSecurityQuestions } from '#src/enrolment/security-question.ts';
import type { PasswordHasher } from '#src/secret/ports.ts';
import type { Sessions } from '#src/session/ports.ts';
import { createChangeLanguage } from '#src/settings/change-language.ts';
import { createChangePassword } from '#src/settings/change-password.ts';
import { createOwnQuestion } from '#src/settings/own-question.ts';
import type { SettingsEvents } from '#src/settings-events.ts';
import type { Durable } from './durable.ts';
import type { SecondStep } from './second-step.ts';
import type { composeSignIn } from './sign-in.ts';
import type { Volatile } from './volatile.ts';

export interface SettingsOwnParts {
  durable: Pick<Durable, 'accounts' | 'enrolments' | 'digester'>;
  volatile: Pick<Volatile, 'throttle'>;
  secondStep: Pick<SecondStep, 'notices'>;
  rules: Pick<ReturnType<typeof composeSignIn>, 'checkPassword' | 'events' | 'lockout'>;
  judgeNewPassword: JudgeNewPassword;
  hasher: PasswordHasher;
  sessions: Sessions;
  settingsEvents: SettingsEvents;
  clock: Clock;
}

/** Password, question and language of people who are signed in, wired to their stores. */
export function composeSettingsOwn(parts: SettingsOwnParts) {
  const { durable, volatile, secondStep, rules, judgeNewPassword, hasher, settingsEvents, clock } = parts;
  const { accounts, enrolments, digester } = durable;
  const { notices } = secondStep;
  return {
    changePassword: createChangePassword({
      ...{ accounts, judgeNewPassword, hasher, notices, settingsEvents, clock },
      checkPassword: rules.checkPassword,
      sessions: parts.sessions,
      throttle: volatile.throttle,
      signInEvents: rules.events,
      lockout: rules.lockout,
    }),
    ownQuestion: createOwnQuestion({
      ...{ enrolments, notices, settingsEvents, clock },
      questions: createSecurityQuestions({ hasher, digester }),
    }),
    changeLanguage: createChangeLanguage({ accounts, settingsEvents }),
  };
}
