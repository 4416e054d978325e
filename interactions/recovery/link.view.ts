import { submitButton } from '../views/button.ts';
import { waitError } from '../views/duration.ts';
import { errorSummary } from '../views/form.ts';
import { html } from '../views/markup.ts';
import { type PageFrame, renderPage } from '../views/page.ts';
import { backToSignIn } from './pieces.ts';
import type { RecoveryPlace } from './place.ts';

export interface RecoverLinkPage {
  place: RecoveryPlace;
  /** What stands in the link; posted by the button, which alone spends it (ground rule 10). */
  token: string;
  purpose: 'reset' | 'invitation';
  /** Seconds until the button may be pressed. */
  wait?: number | undefined;
}

/** Where the link of a mail lands: nothing has happened yet, so a scanner that opens it spends nothing (R21). */
export function recoverLinkPage(frame: PageFrame, { place, token, purpose, wait }: RecoverLinkPage): string {
  const { t, tenant } = frame;
  const { productName: product, name: organisation } = tenant;
  const invited = purpose === 'invitation';
  const error = wait === undefined ? undefined : waitError(frame, wait);
  return renderPage(frame, {
    step: 'recover-link',
    title: invited ? t('recover.link.welcome', { product }) : t('recover.link.title'),
    icon: invited ? 'user' : 'lock',
    failed: error !== undefined,
    scripts: [wait === undefined ? 'busy-button' : 'countdown'],
    body: html`<div class="lead"><p>${invited ? t('recover.link.invited', { organisation }) : t('recover.link.text')}</p>${invited && html`<p>${t('recover.link.next')}</p>`}</div>
<form method="post" action="${place.to('/recover/link')}">
${errorSummary(error)}
<input type="hidden" name="token" value="${token}">
${submitButton(t, { id: 'continue', label: t('recover.link.continue'), busy: t('busy.go'), wait })}
</form>
${backToSignIn(frame, place)}`,
  });
}
