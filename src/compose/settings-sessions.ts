import type { Config } from '#config/settings.ts';
import type { SessionPagesParts } from '#interactions/settings/sessions/steps.ts';
import type { Sessions } from '#src/session/ports.ts';
import { createEndings } from '#src/settings/endings.ts';
import { createWhereabouts } from '#src/settings/whereabouts.ts';
import type { SettingsEvents } from '#src/settings-events.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import { composeApplicationNames } from './application-names.ts';
import type { Durable } from './durable.ts';

export interface SettingsSessionsParts {
  config: Pick<Config, 'clients'>;
  /** The tenant of the configuration. */
  tenant: Pick<Tenant, 'id'>;
  durable: Pick<Durable, 'clients' | 'lanes'>;
  sessions: Sessions;
  settingsEvents: SettingsEvents;
}

/** Where people are signed in and what they let in, wired to its stores. */
export function composeSettingsSessions(parts: SettingsSessionsParts): SessionPagesParts {
  const { durable, sessions, settingsEvents } = parts;
  const { lanes } = durable;
  const applicationNames = composeApplicationNames(parts);
  return {
    whereabouts: createWhereabouts({ sessions, lanes, applicationNames }),
    endings: createEndings({ sessions, lanes, settingsEvents }),
  };
}
