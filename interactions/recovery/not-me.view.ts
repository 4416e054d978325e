import { primaryLink, submitButton } from '../views/button.ts';
import { errorSummary } from '../views/form.ts';
import { html } from '../views/markup.ts';
import { type PageFrame, renderPage } from '../views/page.ts';
import { helpSentence } from './pieces.ts';
import type { RecoveryPlace } from './place.ts';

/** What the button does, beside signing out everywhere. */
export type NotMeDeed = 'closes' | 'restores' | 'holds';

const deeds = {
  closes: ['notMe.closes'],
  restores: ['notMe.restores', 'notMe.closesMail'],
  holds: ['notMe.holds'],
} as const satisfies Record<NotMeDeed, readonly string[]>;

/** "This was not me": says what the button does before it does it. Opening the link does nothing (ground rule 10). */
export function notMePage(
  frame: PageFrame,
  { place, token, does = 'closes' }: { place: RecoveryPlace; token: string; does?: NotMeDeed },
): string {
  const { t } = frame;
  return renderPage(frame, {
    step: 'not-me',
    title: t('notMe.title'),
    icon: 'stop',
    scripts: ['busy-button'],
    body: html`<p>${t('notMe.text')}</p>
<ul class="reasons"><li>${t('notMe.signsOut')}</li>${deeds[does].map((key) => html`<li>${t(key)}</li>`)}</ul>
<form method="post" action="${place.to('/not-me')}">
<input type="hidden" name="token" value="${token}">
${submitButton(t, { id: 'confirm-not-me', label: t('notMe.confirm'), busy: t('busy.go') })}
</form>
<p class="fine">${t('notMe.wasYou')}</p>
${does === 'holds' && html`<div class="fine">${helpSentence(frame, 'notMe.held.help')}</div>`}`,
  });
}

/** What to do after it: a new password opens the account again. `restored`: its mail goes to the former address. */
export function notMeDonePage(frame: PageFrame, place: RecoveryPlace, { restored = false } = {}): string {
  const { t } = frame;
  return renderPage(frame, {
    step: restored ? 'not-me-restored' : 'not-me-done',
    title: t('notMe.done.title'),
    icon: 'check',
    body: html`<p class="lead">${t(restored ? 'notMe.restored.text' : 'notMe.done.text')}</p>
${primaryLink('recover-password', place.to('/recover/password'), t('notMe.done.password'))}
<div class="fine">${helpSentence(frame, 'notMe.done.help')}</div>`,
  });
}

/** After it from a former address that does not come back: only the help desk opens the account. */
export function notMeHeldPage(frame: PageFrame): string {
  const { t } = frame;
  return renderPage(frame, {
    step: 'not-me-held',
    title: t('notMe.done.title'),
    icon: 'check',
    body: html`<p class="lead">${t('notMe.held.text')}</p>
${helpSentence(frame, 'notMe.held.help')}`,
  });
}

/** Its link works no more. A new password protects the account as well. */
export function notMeDeadPage(frame: PageFrame, place: RecoveryPlace, { malformed = false } = {}): string {
  const { t } = frame;
  return renderPage(frame, {
    step: 'not-me-dead',
    title: t('notMe.dead.title'),
    icon: 'alert',
    body: html`${errorSummary(malformed ? { summary: t('problem.unreadable') } : undefined)}
<p class="lead">${t('notMe.dead.text')}</p>
${primaryLink('recover-password', place.to('/recover/password'), t('notMe.done.password'))}
<div class="fine">${helpSentence(frame, 'notMe.done.help')}</div>`,
  });
}
