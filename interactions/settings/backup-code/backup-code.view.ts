import type { ShownBackupCode } from '#src/settings/backup-code.ts';
import type { BackupCodeState } from '#src/settings/backup-code-state.ts';
import { showBackupCode } from '#src/sign-in/backup-code.ts';
import { type BackupSmsState, backupCodeContent } from '../../enrolment/backup-code.view.ts';
import { textKey } from '../../i18n.ts';
import { submitButton } from '../../views/button.ts';
import { errorSummary } from '../../views/form.ts';
import { html } from '../../views/markup.ts';
import { momentInWords } from '../../views/moment.ts';
import type { PageFrame } from '../../views/page.ts';
import { BACKUP_CODE_PATH, NEW_BACKUP_CODE_PATH } from '../paths.ts';
import { type DrawnVisit, settingsForm, settingsPage, upToOverview } from '../settings-page.ts';

export type KnownBackupCode = Exclude<BackupCodeState, { kind: 'off' }>;

export interface OwnBackupCodePage {
  state: KnownBackupCode;
  /** What became of the code that was shown last, where that is bad news. */
  problem?: 'overtaken' | 'late' | undefined;
}

function stateLine({ t, locale }: PageFrame, state: KnownBackupCode): string {
  if (state.kind !== 'works') return t(textKey(`settings.backupCode.${state.kind}`));
  return t('settings.backupCode.works', { moment: momentInWords(state.since, locale) });
}

/** What a backup code is for, whether one works, and a new one. */
export function ownBackupCodePage(visit: DrawnVisit, { state, problem }: OwnBackupCodePage): string {
  const { t } = visit.frame;
  const error = problem === undefined ? undefined : { summary: t(textKey(`settings.backupCode.${problem}`)) };
  const make = submitButton(t, {
    ...{ id: 'make-new', label: t('settings.backupCode.make'), busy: t('busy.go') },
  });
  return settingsPage(visit, {
    step: 'settings-backup-code',
    title: t('settings.backupCode.title'),
    icon: 'paper',
    failed: error !== undefined,
    up: upToOverview(visit),
    scripts: ['busy-button'],
    body: html`<p class="lead">${t('settings.backupCode.lead')}</p>
${errorSummary(error)}
<p id="state">${stateLine(visit.frame, state)}</p>
${state.kind === 'works' && html`<p>${t('settings.backupCode.notShown')}</p>`}
${settingsForm(visit, { action: NEW_BACKUP_CODE_PATH }, make)}`,
  });
}

export interface ShownBackupCodePage {
  task: ShownBackupCode;
  /** An old one works until this one does. */
  replaces: boolean;
  /** The person has a number that it can be sent to. */
  hasNumber: boolean;
  smsState: BackupSmsState | undefined;
}

/** The new code, shown until the person goes on: the page of a first sign-in, among the settings. */
export function shownBackupCodePage(visit: DrawnVisit, page: ShownBackupCodePage): string {
  const { frame, stamp } = visit;
  const { t } = frame;
  const { task, hasNumber, smsState } = page;
  const content = backupCodeContent(frame, {
    code: showBackupCode(task.code),
    action: `${BACKUP_CODE_PATH}/keep`,
    smsAction: hasNumber ? `${BACKUP_CODE_PATH}/sms` : undefined,
    smsState,
    printHref: `${NEW_BACKUP_CODE_PATH}/print`,
    fileHref: `${NEW_BACKUP_CODE_PATH}/file`,
    renewed: true,
    lead: t(page.replaces ? 'settings.backupCode.shownLead' : 'settings.backupCode.firstLead'),
    remark: task.newer ? t('settings.backupCode.newer') : undefined,
    fields: html`<input type="hidden" name="stamp" value="${stamp}"><input type="hidden" name="id" value="${task.id}">`,
  });
  return settingsPage(visit, {
    ...content,
    up: { href: BACKUP_CODE_PATH, label: t('settings.backupCode.title') },
  });
}
