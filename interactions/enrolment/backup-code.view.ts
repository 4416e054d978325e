import type { Refusal } from '#src/sign-in/factor.ts';
import { copyButton, submitButton } from '../views/button.ts';
import { durationInWords } from '../views/duration.ts';
import { errorSummary, type FormError } from '../views/form.ts';
import { icon } from '../views/icons.ts';
import { html, type Markup } from '../views/markup.ts';
import { type PageContent, type PageFrame, type Progress, renderPage } from '../views/page.ts';

/** What came of sending the code by SMS; `wait` in seconds. */
export type BackupSmsState = 'sent' | { wait: number } | { refused: Refusal };

export interface BackupCodePage {
  /** As it is shown: NNNN NNNN. */
  code: string;
  progress?: Progress | undefined;
  /** Where "continue" posts to; from then on the code counts (R13). */
  action: string;
  /** Only when a phone number is proved. */
  smsAction?: string | undefined;
  smsState?: BackupSmsState | undefined;
  /** A page made for paper. */
  printHref: string;
  /** The code as a file. */
  fileHref: string;
  /** It takes the place of one that was used (R14). */
  renewed: boolean;
  /** What is said first, where it is not what a first sign-in says. */
  lead?: string | undefined;
  /** Why it is another code than the one before; nothing is wrong with it. */
  remark?: string | undefined;
  /** What both forms post along. */
  fields?: Markup | undefined;
}

function smsError(frame: PageFrame, state: BackupSmsState | undefined): FormError | undefined {
  if (state === undefined || state === 'sent') return undefined;
  if ('wait' in state)
    return { summary: frame.t('send.tooMany', { wait: durationInWords(state.wait, frame.locale) }) };
  return { summary: frame.t('backupCode.smsFailed') };
}

/* Four ways to keep it, all equally quiet: none of them is the way on. */
function keepers({ t }: PageFrame, page: BackupCodePage): Markup {
  const { code, smsAction, printHref, fileHref, fields } = page;
  return html`${smsAction !== undefined && html`<form method="post" action="${smsAction}">${fields}<button class="tool" id="send-backup-code">${icon('message')}${t('backupCode.sms')}</button></form>`}
<div class="tools">${copyButton(t, 'copy-backup-code', code)}
<a class="tool" id="print" href="${printHref}">${icon('print')}${t('backupCode.print')}</a>
<a class="tool" id="save-file" href="${fileHref}">${icon('file')}${t('backupCode.save')}</a></div>`;
}

/** What the page with a backup code is made of, wherever it stands. */
export function backupCodeContent(frame: PageFrame, page: BackupCodePage): PageContent {
  const { t } = frame;
  const { code, progress, action, smsAction, smsState, renewed, remark, fields } = page;
  const { lead = t(renewed ? 'backupCode.renewedText' : 'backupCode.text') } = page;
  const error = smsError(frame, smsState);
  const on = submitButton(t, { id: 'continue', label: t('action.continue'), busy: t('busy.go') });
  return {
    step: 'backup-code',
    title: t(renewed ? 'backupCode.renewedTitle' : 'backupCode.title'),
    failed: error !== undefined,
    wide: true,
    progress,
    scripts: ['copy', 'busy-button'],
    body: html`<p class="lead">${lead}</p>
${remark !== undefined && html`<p class="hint" id="remark" role="status">${remark}</p>`}${errorSummary(error)}
<div class="backup"><p id="backup-code-label">${t('backupCode.label')}</p>
<p class="backup-code" id="backup-code" aria-labelledby="backup-code-label backup-code" role="group">${code}</p></div>
<p>${t('backupCode.keep')}${smsAction !== undefined && html` ${t('backupCode.smsAlone')}`}</p>
${smsState === 'sent' && html`<p class="done-note" id="backup-code-sent" role="status">${icon('check')}<span>${t('backupCode.sent')}</span></p>`}
${keepers(frame, page)}
<form method="post" action="${action}">${fields}${on}</form>`,
  };
}

/** The backup code, shown this once: what it is for, how to keep it, and on (R13, R14). */
export function backupCodePage(frame: PageFrame, page: BackupCodePage): string {
  return renderPage(frame, backupCodeContent(frame, page));
}
