import type { Config } from '#config/settings.ts';
import type { ActivityParts } from '#interactions/settings/activity/steps.ts';
import type { BackupCodeSettingParts } from '#interactions/settings/backup-code/steps.ts';
import type { DataParts } from '#interactions/settings/own-data/steps.ts';
import type { Clock } from '#src/clock.ts';
import type { Sessions } from '#src/session/ports.ts';
import { createActivity } from '#src/settings/activity.ts';
import { createOwnBackupCode } from '#src/settings/backup-code.ts';
import { createOwnData } from '#src/settings/own-data.ts';
import type { TaskKeeper } from '#src/settings/task-keeper.ts';
import type { SettingsEvents } from '#src/settings-events.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import { composeApplicationNames } from './application-names.ts';
import type { Durable } from './durable.ts';
import type { SecondStep } from './second-step.ts';

export interface SettingsRecordsParts {
  config: Pick<Config, 'clients'>;
  /** The tenant of the configuration. */
  tenant: Pick<Tenant, 'id'>;
  durable: Pick<
    Durable,
    'factors' | 'links' | 'enrolments' | 'backupCodes' | 'lanes' | 'clients' | 'audit' | 'queue'
  >;
  secondStep: Pick<SecondStep, 'backupCodes' | 'backupCodeSender' | 'notices'>;
  sessions: Sessions;
  clock: Clock;
}

/** The backup code, what happened, and what is kept, wired to their stores. */
export function composeSettingsRecords(
  parts: SettingsRecordsParts & { tasks: TaskKeeper; settingsEvents: SettingsEvents },
) {
  const { durable, secondStep, sessions, tasks, settingsEvents, clock } = parts;
  const { factors, links, enrolments, backupCodes, lanes, queue } = durable;
  const { events: audit } = durable.audit;
  const applicationNames = composeApplicationNames(parts);
  return {
    ownBackupCode: createOwnBackupCode({
      ...{ tasks, enrolments, settingsEvents, clock, store: backupCodes },
      ...{ backupCodes: secondStep.backupCodes, sender: secondStep.backupCodeSender },
      notices: secondStep.notices,
    }),
    activity: createActivity({ audit }),
    applicationNames,
    ownData: createOwnData({
      ...{ factors, links, enrolments, backupCodes, lanes, sessions, audit, applicationNames },
      ...{ settingsEvents, clock, messages: queue },
    }),
    clock,
  } satisfies BackupCodeSettingParts & ActivityParts & DataParts;
}
