import type Router from 'koa-router';
import type { RequestContext } from '#src/request-context.ts';
import { BACKUP_CODE_PATH, NEW_BACKUP_CODE_PATH } from '../paths.ts';
import type { Visits } from '../visits.ts';
import { type BackupCodeSettingParts, createBackupCodeSteps } from './steps.ts';

/** The paths of the backup code (R14), as part of the settings. */
export function addBackupCodeRoutes(
  router: Router<RequestContext>,
  visits: Visits,
  parts: BackupCodeSettingParts,
): void {
  const backupCode = createBackupCodeSteps(visits, parts);

  router.get(BACKUP_CODE_PATH, backupCode.show);
  router.get(NEW_BACKUP_CODE_PATH, backupCode.showCode);
  router.post(NEW_BACKUP_CODE_PATH, backupCode.make);
  router.get(`${NEW_BACKUP_CODE_PATH}/print`, backupCode.print);
  router.get(`${NEW_BACKUP_CODE_PATH}/file`, backupCode.file);
  router.post(`${BACKUP_CODE_PATH}/sms`, backupCode.send);
  router.post(`${BACKUP_CODE_PATH}/keep`, backupCode.keep);
}
