import { quietForm, submitButton } from '../views/button.ts';
import { html, type Markup } from '../views/markup.ts';
import { type PageFrame, renderPage } from '../views/page.ts';
import { richText } from '../views/rich-text.ts';
import { scopeWords } from './scope-words.ts';

export interface ConsentPage {
  /** Where the answer "yes" is posted. */
  action: string;
  /** Where the answer "no" is posted. */
  denyAction: string;
  /** As the client registered it: never trusted, only shown. */
  clientName: string;
  /** Scope values still to be agreed to. */
  scopes: readonly string[];
}

/** Asks before a client of somebody else gets data; one's own applications skip this page. */
export function consentPage(frame: PageFrame, page: ConsentPage): string {
  const { t } = frame;
  const { action, denyAction, clientName, scopes } = page;
  const client: Markup = html`<strong>${clientName}</strong>`;
  return renderPage(frame, {
    step: 'consent',
    title: t('consent.title', { client: clientName }),
    icon: 'share',
    scripts: ['busy-button'],
    body: html`<p>${richText(t, 'consent.text', { client })}</p>
<ul class="reasons">${scopes.map((scope) => html`<li>${scopeWords(frame, scope)}</li>`)}</ul>
<p class="hint">${t('consent.refusal', { client: clientName })}</p>
<form method="post" action="${action}">${submitButton(t, { id: 'allow', label: t('consent.allow'), busy: t('busy.check') })}</form>
${quietForm('deny', denyAction, t('consent.deny'))}`,
  });
}
