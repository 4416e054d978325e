import type { Config } from '#config/settings.ts';
import type { SessionPagesParts } from '#interactions/settings/sessions/steps.ts';
import type { Sessions } from '#src/session/ports.ts';
import { createWhereabouts } from '#src/settings/whereabouts.ts';
import type { SettingsEvents } from '#src/settings-events.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import { composeApplicationNames } from './application-names.ts';
import type { Durable } from './durable.ts';

export interface SessionPagesCompositionParts {
  config: Pick<Config, 'clients'>;
  /** The tenant of the configuration. */
  tenant: Pick<Tenant, 'id'>;
  durable: Pick<Durable, 'clients' | 'lanes'>;
  sessions: Sessions;
  settingsEvents: SettingsEvents;
}

/** Where people are signed in and what they let in, wired to its stores. */
export function composeSessionPages(parts: SessionPagesCompositionParts): SessionPagesParts {
  const { durable, sessions, settingsEvents } = parts;
  const { lanes } = durable;
  const applicationNames = composeApplicationNames(parts);
  const whereabouts = createWhereabouts({ sessions, lanes, applicationNames });
  return { ownSessions: { sessions, lanes, whereabouts, settingsEvents } };
}
