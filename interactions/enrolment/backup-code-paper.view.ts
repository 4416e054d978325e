import type { Locale } from '#src/account/account.ts';
import type { T } from '../i18n.ts';
import { icon } from '../views/icons.ts';
import { html } from '../views/markup.ts';
import { dayInWords } from '../views/moment.ts';
import { type PageFrame, renderPage } from '../views/page.ts';

/** What stands on paper or in a file beside the code: enough to know later where it belongs. */
export interface BackupCodePaper {
  /** As it is shown: NNNN NNNN. */
  code: string;
  loginName: string;
  /** Where one signs in with it. */
  hostName: string;
  /** Milliseconds since the epoch. */
  madeAt: number;
}

function facts(t: T, locale: Locale, { loginName, hostName, madeAt }: BackupCodePaper): [string, string][] {
  return [
    [t('signIn.loginName'), loginName],
    [t('backupCode.host'), hostName],
    [t('backupCode.made'), dayInWords(madeAt, locale)],
  ];
}

/** A clean page to print. `backHref` leads back to the page with the code. */
export function backupCodePrintPage(
  frame: PageFrame,
  paper: BackupCodePaper & { backHref?: string | undefined },
): string {
  const { t, locale } = frame;
  const { code, backHref } = paper;
  return renderPage(frame, {
    step: 'backup-code-print',
    title: t('backupCode.label'),
    scripts: ['print'],
    body: html`<p class="backup-code" id="backup-code">${code}</p>
<dl class="facts">${facts(t, locale, paper).map(([term, text]) => html`<div><dt>${term}</dt><dd>${text}</dd></div>`)}</dl>
<p>${t('backupCode.text')}</p>
<p>${t('backupCode.paper')}</p>
<p class="not-printed"><button type="button" class="primary for-script" id="open-print" data-print>${icon('print')}${t('backupCode.print')}</button></p>
${backHref !== undefined && html`<p class="ways-out not-printed"><a id="back" href="${backHref}">${t('backupCode.back')}</a></p>`}`,
  });
}

/** The code as a plain text file, lines ended as every system's editor reads them. */
export function backupCodeFile(
  t: T,
  paper: BackupCodePaper & { locale: Locale; productName: string },
): string {
  const { code, locale, productName } = paper;
  const lines = [
    productName,
    '',
    `${t('backupCode.label')}: ${code}`,
    ...facts(t, locale, paper).map(([term, text]) => `${term}: ${text}`),
    '',
    t('backupCode.text'),
    t('backupCode.paper'),
    '',
  ];
  return lines.join('\r\n');
}
