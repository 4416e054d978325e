import type Router from 'koa-router';
import { ACCOUNT_PATH } from '#src/provider/account-client.ts';
import type { RequestContext } from '#src/request-context.ts';
import type { Visits } from '../visits.ts';
import { type BackupCodeSettingParts, createBackupCodeSteps } from './steps.ts';

/** The paths of the backup code (R14), as part of the settings. */
export function addBackupCodeRoutes(
  router: Router<RequestContext>,
  visits: Visits,
  parts: BackupCodeSettingParts,
): void {
  const backupCode = createBackupCodeSteps(visits, parts);

  router.get(`${ACCOUNT_PATH}/backup-code`, backupCode.show);
  router.get(`${ACCOUNT_PATH}/backup-code/new`, backupCode.showCode);
  router.post(`${ACCOUNT_PATH}/backup-code/new`, backupCode.make);
  router.get(`${ACCOUNT_PATH}/backup-code/new/print`, backupCode.print);
  router.get(`${ACCOUNT_PATH}/backup-code/new/file`, backupCode.file);
  router.post(`${ACCOUNT_PATH}/backup-code/sms`, backupCode.send);
  router.post(`${ACCOUNT_PATH}/backup-code/keep`, backupCode.keep);
}
