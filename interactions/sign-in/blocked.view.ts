import { helpDeskContact } from '../views/help-desk.ts';
import { html } from '../views/markup.ts';
import { type PageFrame, renderPage } from '../views/page.ts';
import { referenceBox } from '../views/reference.ts';
import { richText } from '../views/rich-text.ts';

export interface BlockedPage {
  /** The number that the log has too. */
  reference: string;
  restartHref?: string | undefined;
}

/** Shown only after the right password of a blocked account (R24). The help desk comes from the tenant. */
export function blockedPage(frame: PageFrame, { reference, restartHref }: BlockedPage): string {
  const { t } = frame;
  const pieces = { contact: helpDeskContact(frame), reference: html`<strong>${reference}</strong>` };
  return renderPage(frame, {
    step: 'blocked',
    title: t('blocked.title'),
    icon: 'stop',
    scripts: ['copy'],
    body: html`<p class="lead">${richText(t, 'blocked.text', pieces)}</p>
${referenceBox(frame, reference)}
${restartHref !== undefined && html`<p class="ways-out"><a id="restart" href="${restartHref}">${t('action.signInAgain')}</a></p>`}`,
  });
}
