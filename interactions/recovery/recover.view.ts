import { choiceLink } from '../views/choice.ts';
import { html } from '../views/markup.ts';
import { type PageFrame, renderPage } from '../views/page.ts';
import { backToSignIn, helpSentence } from './pieces.ts';
import type { RecoveryPlace } from './place.ts';

/** What somebody lost who can't sign in (R19). Says the same to everybody. */
export function recoverPage(frame: PageFrame, place: RecoveryPlace): string {
  const { t } = frame;
  const loginName = choiceLink({
    id: 'recover-login-name',
    href: place.to('/recover/login-name'),
    icon: 'user',
    label: t('recover.loginName.label'),
    note: t('recover.loginName.note'),
  });
  const password = choiceLink({
    id: 'recover-password',
    href: place.to('/recover/password'),
    icon: 'lock',
    label: t('recover.password.label'),
    note: t('recover.password.note'),
  });
  return renderPage(frame, {
    step: 'recover',
    title: t('recover.title'),
    body: html`<p class="lead">${t('recover.lead')}</p>
<div class="choices">${loginName}
${password}</div>
<details class="resend"><summary id="lost-else">${t('recover.elseTitle')}</summary>
<p>${t('recover.elsePhone')}</p>
${helpSentence(frame, 'recover.elseEmail')}
<p>${t('recover.never')}</p></details>
<p class="ways-out"><a id="have-code" href="${place.to('/recover/code')}">${t('recover.haveCode')}</a></p>
${backToSignIn(frame, place)}`,
  });
}
