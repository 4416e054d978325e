import { startOverForm, submitButton } from '../views/button.ts';
import { helpDeskContact } from '../views/help-desk.ts';
import { html } from '../views/markup.ts';
import { type PageFrame, renderPage } from '../views/page.ts';
import { richText } from '../views/rich-text.ts';

export interface StrongerPage {
  /** `not-allowed`: this organisation has no such method · `not-set-up`: the person did not set one up. */
  why: 'not-allowed' | 'not-set-up';
  /** The application that asks for it. */
  applicationName: string;
  /** Goes back to the application with nothing. */
  giveUpAction: string;
  /** Back to where one can be set up after all. */
  backAction?: string | undefined;
  startOverAction?: string | undefined;
}

/** The application asks for a passkey or security key, and the person is told why that can't be now. */
export function strongerPage(frame: PageFrame, page: StrongerPage): string {
  const { t } = frame;
  const { why, applicationName, giveUpAction, backAction, startOverAction } = page;
  const application = html`<strong>${applicationName}</strong>`;
  const giveUp = submitButton(t, {
    id: 'give-up',
    label: t('stronger.giveUp', { application: applicationName }),
    busy: t('busy.go'),
    equal: backAction !== undefined,
  });
  return renderPage(frame, {
    step: 'stronger-needed',
    title: t('stronger.title'),
    icon: 'key',
    scripts: ['busy-button'],
    body: html`<p class="lead">${richText(t, 'stronger.asks', { application })} ${t(`stronger.why.${why}`)}</p>
<p>${richText(t, 'stronger.help', { contact: helpDeskContact(frame) })}</p>
${backAction !== undefined && html`<form method="post" action="${backAction}">${submitButton(t, { id: 'back', label: t('stronger.back'), busy: t('busy.go') })}</form>`}
<form class="second" method="post" action="${giveUpAction}">${giveUp}</form>
${startOverAction !== undefined && startOverForm(t, startOverAction)}`,
  });
}
