import { primaryLink } from '../views/button.ts';
import { html } from '../views/markup.ts';
import { type PageFrame, renderPage } from '../views/page.ts';
import { richText } from '../views/rich-text.ts';
import type { RecoveryPlace } from './place.ts';

export interface RecoverDonePage {
  place: RecoveryPlace;
  purpose: 'reset' | 'invitation';
  loginName: string;
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
    body: html`<div class="lead"><p>${t(first ? 'recover.done.textFirst' : 'recover.done.text')}</p>
<p>${richText(t, first ? 'recover.done.nextFirst' : 'recover.done.next', { name })}</p></div>
${primaryLink('sign-in', place.signInHref, t('recover.done.signIn'))}`,
  });
}
