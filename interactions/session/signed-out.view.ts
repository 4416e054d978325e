import { primaryLink } from '../views/button.ts';
import { html } from '../views/markup.ts';
import { type PageFrame, renderPage } from '../views/page.ts';

export interface SignedOutPage {
  restartHref?: string | undefined;
}

/** The end of a session. */
export function signedOutPage(frame: PageFrame, { restartHref }: SignedOutPage): string {
  const { t } = frame;
  return renderPage(frame, {
    step: 'signed-out',
    title: t('signedOut.title'),
    icon: 'check',
    body: html`<p class="lead">${t('signedOut.text')}</p>
<p>${t('signedOut.shared')}</p>
${restartHref !== undefined && primaryLink('restart', restartHref, t('action.signInAgain'))}`,
  });
}
