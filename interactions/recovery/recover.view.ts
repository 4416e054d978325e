import { helpDeskContact } from '../views/help-desk.ts';
import { html } from '../views/markup.ts';
import { type PageFrame, renderPage } from '../views/page.ts';
import { richText } from '../views/rich-text.ts';

export interface RecoverPage {
  /** The sign-in this page was opened from. */
  backHref: string;
}

/** Where somebody goes who forgot name or password: the help desk (R3, R22). Says the same to everybody. */
export function recoverPage(frame: PageFrame, { backHref }: RecoverPage): string {
  const { t } = frame;
  return renderPage(frame, {
    step: 'recover',
    title: t('recover.title'),
    icon: 'help',
    body: html`<p class="lead">${richText(t, 'recover.text', { contact: helpDeskContact(frame) })}</p>
<p>${t('recover.never')}</p>
<p class="ways-out"><a id="back" href="${backHref}">${t('recover.back')}</a></p>`,
  });
}
