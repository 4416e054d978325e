import { primaryLink } from '../views/button.ts';
import { html } from '../views/markup.ts';
import { type PageFrame, renderPage } from '../views/page.ts';

export interface StalePage {
  /** Where the application starts a sign-in by itself. */
  restartHref: string;
}

/** A page that was open too long, a bookmark, a used link: one friendly way on. */
export function stalePage(frame: PageFrame, { restartHref }: StalePage): string {
  const { t } = frame;
  return renderPage(frame, {
    step: 'stale',
    title: t('stale.title'),
    icon: 'clock',
    body: html`<p class="lead">${t('stale.text')}</p>
${primaryLink('restart', restartHref, t('action.signInAgain'))}`,
  });
}
