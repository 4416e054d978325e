import { html } from '../views/markup.ts';
import { type PageFrame, renderPage } from '../views/page.ts';
import { type CodeForm, codeError, codeForm } from './code-form.ts';
import { backToSignIn, helpSentence } from './pieces.ts';
import type { RecoveryPlace } from './place.ts';

function askAnew({ t }: PageFrame, place: RecoveryPlace, label: 'recover.code.none' | 'recover.dead.ask') {
  return html`<p class="ways-out"><a id="ask-again" href="${place.to('/recover/password')}">${t(label)}</a></p>`;
}

/** For who has a code and no link that works: out of a mail on another device, or out of an invitation. */
export function recoverCodePage(frame: PageFrame, form: CodeForm): string {
  const { t } = frame;
  const error = codeError(frame, form);
  return renderPage(frame, {
    step: 'recover-code',
    title: t('recover.code.title'),
    icon: 'mail',
    failed: error !== undefined,
    scripts: [error?.wait === undefined ? 'busy-button' : 'countdown'],
    body: html`<p class="lead">${t('recover.code.lead')}</p>
${codeForm(frame, form)}
${error?.wait !== undefined && html`<div class="fine">${helpSentence(frame, 'recover.waitElse')}</div>`}
${askAnew(frame, form.place, 'recover.code.none')}
${backToSignIn(frame, form.place)}`,
  });
}

/** A link that works no more (R21): a newer one was sent, it was used, or it is too old. Which one is not told. */
export function recoverDeadPage(frame: PageFrame, { place }: { place: RecoveryPlace }): string {
  const { t } = frame;
  return renderPage(frame, {
    step: 'recover-dead',
    title: t('recover.dead.title'),
    icon: 'alert',
    scripts: ['busy-button'],
    body: html`<p class="lead">${t('recover.dead.text')}</p>
${codeForm(frame, { place, loginName: '' })}
${askAnew(frame, place, 'recover.dead.ask')}
<div class="fine">${helpSentence(frame, 'recover.dead.invitation')}</div>
${backToSignIn(frame, place)}`,
  });
}
