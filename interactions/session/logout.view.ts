import { html, trusted } from '../views/markup.ts';
import { type PageFrame, renderPage } from '../views/page.ts';

export interface LogoutPage {
  /** The hidden form that the protocol library made (id `op.logoutForm`), as it came. */
  form: string;
  /** Press the button at once: the application already asked the person. */
  autoSubmit: boolean;
  /** The application or host that is signed out of. */
  application: string;
}

/** Asks before signing out at the provider, so that no other site can do it to somebody (OIDC RP-Initiated Logout §2). */
export function logoutPage(frame: PageFrame, { form, autoSubmit, application }: LogoutPage): string {
  const { t } = frame;
  return renderPage(frame, {
    step: 'logout',
    title: t(autoSubmit ? 'signOut.automaticTitle' : 'signOut.title'),
    scripts: autoSubmit ? ['auto-submit'] : ['busy-button'],
    body: html`<p class="lead">${t(autoSubmit ? 'signOut.automaticText' : 'signOut.text', { application })}</p>
${trusted(form)}
<button class="primary" id="sign-out" form="op.logoutForm" name="logout" value="yes" data-busy="${t('busy.signOut')}"${autoSubmit && html` data-auto-submit`}>${t('signOut.confirm')}</button>
${!autoSubmit && html`<div class="quiet-form"><button class="quiet" id="stay-signed-in" form="op.logoutForm">${t('signOut.stay')}</button></div>`}`,
  });
}
