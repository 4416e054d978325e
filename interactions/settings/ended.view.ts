import { primaryLink } from '../views/button.ts';
import { html } from '../views/markup.ts';
import { type PageFrame, renderPage } from '../views/page.ts';

export interface EndedPage {
  /** The page that the form stood on: it asks for a sign-in where one is needed. */
  href: string;
}

/** A form of the settings whose sign-in is over, or is another one by now: nothing was changed. */
export function endedPage(frame: PageFrame, { href }: EndedPage): string {
  const { t } = frame;
  return renderPage(frame, {
    step: 'stale',
    title: t('settings.ended.title'),
    icon: 'clock',
    body: html`<p class="lead">${t('settings.ended.text')}</p>
${primaryLink('settings-again', href, t('settings.ended.again'))}`,
  });
}
