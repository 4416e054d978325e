import { submitButton } from '../../views/button.ts';
import { choiceForm } from '../../views/choice.ts';
import { errorSummary, type FormError } from '../../views/form.ts';
import { icon } from '../../views/icons.ts';
import { mailAddress } from '../../views/mail-address.ts';
import { html, type Markup } from '../../views/markup.ts';
import { methodField } from '../../views/method-field.ts';
import { richText } from '../../views/rich-text.ts';
import { stepScripts } from '../../views/step-scripts.ts';
import { settingsForm } from '../settings-form.ts';
import { type DrawnVisit, settingsPage } from '../settings-page.ts';
import { codeField, emailError, type ShownEmailProblem } from './email-problem.ts';

export interface EmailCodePage {
  /** The task that the page stands for. */
  id: string;
  /** The address that the code went to, in full: its person must see a slip of the pen. */
  email: string;
  /** Where `code` and `id` are posted; where `id` asks for another mail; where everything is left as it is. */
  actions: Record<'code' | 'send' | 'cancel', string>;
  /** Where another address is typed. */
  addressHref: string;
  /** As typed, after both steps were asked again. */
  typed?: string | undefined;
  problem?: ShownEmailProblem | undefined;
  /** The code took the place of another one. */
  again: boolean;
  /** Seconds until the mail may be sent once more. */
  waitSeconds?: number | undefined;
}

function codeForm(visit: DrawnVisit, page: EmailCodePage, error: FormError | undefined): Markup {
  const { frame } = visit;
  const { t } = frame;
  const { id, typed, actions } = page;
  return settingsForm(
    visit,
    { action: actions.code },
    html`<input type="hidden" name="id" value="${id}">
${methodField(frame, 'email', { ...codeField, value: typed }, { error, autofocus: true })}
${submitButton(t, { id: 'confirm', label: t('settings.overview.confirm'), busy: t('busy.check') })}`,
  );
}

function sendAgain({ frame, stamp }: DrawnVisit, { id, actions, waitSeconds }: EmailCodePage): Markup {
  const { t } = frame;
  const again = choiceForm(frame, {
    ...{ id: 'send-email', action: actions.send, icon: 'mail', name: 'id', value: id },
    ...{ label: t('confirmEmail.sendAgain'), note: t('confirmEmail.sendAgainNote') },
    hidden: { name: 'stamp', value: stamp },
    wait: waitSeconds === undefined ? undefined : { seconds: waitSeconds, text: 'send.wait.email' },
  });
  return html`<details class="resend"><summary id="no-code">${t('confirmEmail.noMail')}</summary><p>${t('confirmEmail.spam')}</p>
<div class="choices">${again}</div></details>`;
}

/** Asks for the code that was mailed to the address. Until it is typed nothing is changed. */
export function emailCodePage(visit: DrawnVisit, page: EmailCodePage): string {
  const { frame } = visit;
  const { t } = frame;
  const { email, actions, addressHref, problem, again, waitSeconds } = page;
  const error = emailError(frame, problem);
  return settingsPage(visit, {
    step: 'settings-email-code',
    title: t('settings.email.codeTitle'),
    icon: 'mail',
    up: { href: addressHref, label: t('settings.email.title') },
    failed: error !== undefined,
    scripts: stepScripts({ fields: [codeField], resendWaits: waitSeconds !== undefined }),
    body: html`<p class="lead">${richText(t, 'confirmEmail.sent', { mail: mailAddress(email) })} ${t('settings.email.notYet')}</p>
${errorSummary(error)}
${again && problem === undefined && html`<p class="done-note" id="sent-again" role="status">${icon('check')}<span>${t('confirmEmail.again')}</span></p>`}
${codeForm(visit, page, error)}
${sendAgain(visit, page)}
<p class="ways-out"><a id="change-email" href="${addressHref}">${t('confirmEmail.change')}</a></p>
${settingsForm(visit, { action: actions.cancel, className: 'quiet-form' }, html`<button class="quiet" id="cancel">${t('settings.email.cancel')}</button>`)}`,
  });
}
