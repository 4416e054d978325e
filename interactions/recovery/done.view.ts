import { primaryLink, submitButton } from '../views/button.ts';
import { html, type Markup } from '../views/markup.ts';
import { type PageFrame, renderPage } from '../views/page.ts';
import { richText } from '../views/rich-text.ts';
import type { RecoveryPlace } from './place.ts';

export interface RecoverDonePage {
  place: RecoveryPlace;
  purpose: 'reset' | 'invitation';
  loginName: string;
}

/* The sign-in that waits may have got to its page for blocked people, or know an old password: it begins anew. */
function signInAnew({ t }: PageFrame, { signInHref, startOverAction }: RecoveryPlace): Markup {
  const label = t('recover.done.signIn');
  if (startOverAction === undefined) return primaryLink('sign-in', signInHref, label);
  return html`<form method="post" action="${startOverAction}">
${submitButton(t, { id: 'sign-in', label, busy: t('busy.go') })}
</form>`;
}

/** The password is made; the sign-in with its second step still follows (ground rule 1). */
export function recoverDonePage(frame: PageFrame, { place, purpose, loginName }: RecoverDonePage): string {
  const { t } = frame;
  const first = purpose === 'invitation';
  const name = html`<strong>${loginName}</strong>`;
  return renderPage(frame, {
    step: 'recover-done',
    title: t(first ? 'recover.done.titleFirst' : 'recover.done.title'),
    icon: 'check',
    scripts: place.startOverAction === undefined ? [] : ['busy-button'],
    body: html`<div class="lead"><p>${t(first ? 'recover.done.textFirst' : 'recover.done.text')}</p>
<p>${richText(t, first ? 'recover.done.nextFirst' : 'recover.done.next', { name })}</p></div>
${signInAnew(frame, place)}`,
  });
}
