import { primaryLink } from '../views/button.ts';
import { html } from '../views/markup.ts';
import { type PageFrame, renderPage } from '../views/page.ts';

export interface CookiesPage {
  restartHref: string;
}

/** The browser did not send the sign-in's cookie: it blocks them, or the link was opened in another browser. */
export function cookiesPage(frame: PageFrame, { restartHref }: CookiesPage): string {
  const { t } = frame;
  return renderPage(frame, {
    step: 'cookies',
    title: t('cookies.title'),
    icon: 'cookie',
    body: html`<p>${t('cookies.text')}</p>
<ul class="reasons"><li>${t('cookies.otherBrowser')}</li><li>${t('cookies.blocked')}</li></ul>
${primaryLink('restart', restartHref, t('action.signInAgain'))}`,
  });
}
