import type { SessionPagesParts } from '#interactions/settings/sessions/steps.ts';
import type { Sessions } from '#src/session/ports.ts';
import type { ApplicationNames } from '#src/settings/application-names.ts';
import { createEndings } from '#src/settings/endings.ts';
import { createWhereabouts } from '#src/settings/whereabouts.ts';
import type { SettingsEvents } from '#src/settings-events.ts';
import type { Durable } from './durable.ts';

export interface SettingsSessionsParts {
  durable: Pick<Durable, 'lanes'>;
  sessions: Sessions;
  applicationNames: ApplicationNames;
  settingsEvents: SettingsEvents;
}

/** Where people are signed in and what they let in, wired to its stores. */
export function composeSettingsSessions(parts: SettingsSessionsParts): SessionPagesParts {
  const { durable, sessions, applicationNames, settingsEvents } = parts;
  const { lanes } = durable;
  return {
    whereabouts: createWhereabouts({ sessions, lanes, applicationNames }),
    endings: createEndings({ sessions, lanes, settingsEvents }),
  };
}
