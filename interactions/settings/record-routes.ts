import type Router from 'koa-router';
import { ACCOUNT_PATH } from '#src/provider/account-client.ts';
import type { RequestContext } from '#src/request-context.ts';
import { type ActivityParts, createActivitySteps } from './activity/steps.ts';
import { type BackupCodeSettingParts, createBackupCodeSteps } from './backup-code/steps.ts';
import { createDataSteps, type DataParts } from './own-data/steps.ts';
import type { Visits } from './visits.ts';

export interface RecordParts extends BackupCodeSettingParts, ActivityParts, DataParts {}

/** The backup code, what happened, and what is kept. */
export function addRecordRoutes(router: Router<RequestContext>, visits: Visits, parts: RecordParts): void {
  const backupCode = createBackupCodeSteps(visits, parts);
  const activity = createActivitySteps(visits, parts);
  const data = createDataSteps(visits, parts);

  router.get(`${ACCOUNT_PATH}/backup-code`, backupCode.show);
  router.get(`${ACCOUNT_PATH}/backup-code/new`, backupCode.showCode);
  router.post(`${ACCOUNT_PATH}/backup-code/new`, backupCode.make);
  router.get(`${ACCOUNT_PATH}/backup-code/new/print`, backupCode.print);
  router.get(`${ACCOUNT_PATH}/backup-code/new/file`, backupCode.file);
  router.post(`${ACCOUNT_PATH}/backup-code/sms`, backupCode.send);
  router.post(`${ACCOUNT_PATH}/backup-code/keep`, backupCode.keep);
  router.get(`${ACCOUNT_PATH}/activity`, activity.show);
  router.get(`${ACCOUNT_PATH}/data`, data.show);
  router.post(`${ACCOUNT_PATH}/data/export`, data.export);
}
