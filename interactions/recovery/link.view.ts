import { submitButton } from '../views/button.ts';
import { html } from '../views/markup.ts';
import { type PageFrame, renderPage } from '../views/page.ts';
import { backToSignIn } from './pieces.ts';
import type { RecoveryPlace } from './place.ts';

export interface RecoverLinkPage {
  place: RecoveryPlace;
  /** What stands in the link; posted by the button, which alone spends it (ground rule 10). */
  token: string;
  purpose: 'reset' | 'invitation';
}

/** Where the link of a mail lands: nothing has happened yet, so a scanner that opens it spends nothing (R21). */
export function recoverLinkPage(frame: PageFrame, { place, token, purpose }: RecoverLinkPage): string {
  const { t, tenant } = frame;
  const { productName: product, name: organisation } = tenant;
  const invited = purpose === 'invitation';
  return renderPage(frame, {
    step: 'recover-link',
    title: invited ? t('recover.link.welcome', { product }) : t('recover.link.title'),
    icon: invited ? 'user' : 'lock',
    scripts: ['busy-button'],
    body: html`<div class="lead"><p>${invited ? t('recover.link.invited', { organisation }) : t('recover.link.text')}</p>${invited && html`<p>${t('recover.link.next')}</p>`}</div>
<form method="post" action="${place.to('/recover/link')}">
<input type="hidden" name="token" value="${token}">
${submitButton(t, { id: 'continue', label: t('recover.link.continue'), busy: t('busy.go') })}
</form>
${backToSignIn(frame, place)}`,
  });
}
