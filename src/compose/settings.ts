import type { Config } from '#config/settings.ts';
import type { SettingsParts } from '#interactions/settings/routes.ts';
import type { AuditTrail } from '#src/audit/ports.ts';
import type { Clock } from '#src/clock.ts';
import type { Log } from '#src/log.ts';
import type { Sessions } from '#src/session/ports.ts';
import { createOverviewReads } from '#src/settings/overview.ts';
import { createTaskKeeper } from '#src/settings/task-keeper.ts';
import { createSettingsEvents } from '#src/settings-events.ts';
import type { Durable } from './durable.ts';
import type { SecondStep } from './second-step.ts';
import { composeSettingsEmail } from './settings-email.ts';
import { composeSettingsMethods } from './settings-methods.ts';
import { composeSettingsOwn, type SettingsOwnParts } from './settings-own.ts';
import { composeSettingsRecords, type SettingsRecordsParts } from './settings-records.ts';
import { composeSettingsSessions } from './settings-sessions.ts';
import type { Volatile } from './volatile.ts';

const MINUTE_MS = 60_000;

export interface SettingsCompositionParts
  extends Omit<SettingsOwnParts, 'settingsEvents'>,
    SettingsRecordsParts {
  config: Pick<Config, 'session' | 'clients'>;
  durable: Pick<
    Durable,
    | 'accounts'
    | 'factors'
    | 'links'
    | 'enrolments'
    | 'backupCodes'
    | 'sealer'
    | 'digester'
    | 'clients'
    | 'lanes'
    | 'audit'
    | 'queue'
  >;
  volatile: Pick<Volatile, 'flows' | 'throttle' | 'deliveries'>;
  secondStep: SecondStep;
  sessions: Sessions;
  trail: AuditTrail;
  clock: Clock;
  log: Log;
}

/** What people do with their own account, wired to its stores; frames and sessions of browsers are the web's. */
export function composeSettings(
  parts: SettingsCompositionParts,
): Omit<SettingsParts, 'frames' | 'sessionsOf'> {
  const { config, durable, volatile, secondStep, sessions, trail, clock, log } = parts;
  const { accounts, factors, enrolments, backupCodes, sealer } = durable;
  const settingsEvents = createSettingsEvents(log, trail);
  const tasks = createTaskKeeper({ flows: volatile.flows, sealer });
  const records = composeSettingsRecords({ ...parts, tasks, settingsEvents });
  return {
    ...records,
    ...composeSettingsOwn({ ...parts, settingsEvents }),
    ...composeSettingsSessions({
      durable,
      sessions,
      applicationNames: records.applicationNames,
      settingsEvents,
    }),
    accounts,
    ...composeSettingsEmail({ durable, secondStep, tasks, settingsEvents, clock }),
    ...composeSettingsMethods({ durable, volatile, secondStep, tasks, settingsEvents, clock }),
    tasks,
    freshMs: config.session.freshMinutes * MINUTE_MS,
    overview: createOverviewReads({
      ...{ factors, enrolments, backupCodes, sessions },
      lastSignIns: records.activity.lastSignIns,
      methods: secondStep.methods,
    }),
    trail,
    clock,
  };
}

export type SettingsComposition = ReturnType<typeof composeSettings>;
