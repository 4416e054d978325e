import type { SetUpView } from '#src/sign-in/set-up-view.ts';
import { submitButton } from '../../views/button.ts';
import { type Resend, resendChoices } from '../../views/choice.ts';
import { errorSummary, type FormError } from '../../views/form.ts';
import { helpLinks } from '../../views/help-link.ts';
import { html, type Markup } from '../../views/markup.ts';
import { methodField } from '../../views/method-field.ts';
import type { PageFrame } from '../../views/page.ts';
import { deliveryLine, type SentNotice, sentAgain } from '../../views/sent-notice.ts';
import { problemError, type StepProblem } from '../../views/step-problem.ts';
import { stepScripts } from '../../views/step-scripts.ts';
import { type DrawnVisit, settingsForm, settingsPage } from '../settings-page.ts';

export interface PhoneCodePage {
  /** Where `id` and `code` are posted. */
  action: string;
  /** Names the set-up in its forms. */
  id: string;
  method: Pick<SetUpView, 'kind' | 'field'>;
  /** Typed before both steps were asked again. */
  code?: string | undefined;
  sent: SentNotice;
  /** Posts `id` and `channel`. */
  resend: Resend;
  problem?: StepProblem | undefined;
  /** The form came from a window with an earlier number: this is the page of the newest one. */
  elsewhere: boolean;
  /** To another number. */
  numberHref: string;
}

function errorOf(frame: PageFrame, { elsewhere, problem, method }: PhoneCodePage): FormError | undefined {
  if (elsewhere) return { summary: frame.t('settings.phone.elsewhere') };
  return problem && problemError(frame, problem, method.field, 'settings');
}

function codeField(frame: PageFrame, { method, code }: PhoneCodePage, error: FormError | undefined): Markup {
  const { kind, field } = method;
  const filled = field.type === 'text' && code !== undefined ? { ...field, value: code } : field;
  return methodField(frame, kind, filled, { error, autofocus: true });
}

/** The code that went to the new number: with it the number takes the place of the old one. */
export function phoneCodePage(visit: DrawnVisit, page: PhoneCodePage): string {
  const { frame } = visit;
  const { t } = frame;
  const { action, id, method, sent, resend, numberHref } = page;
  const error = errorOf(frame, page);
  return settingsPage(visit, {
    step: 'settings-phone-code',
    title: t('settings.phone.codeTitle'),
    icon: 'message',
    up: { href: numberHref, label: t('settings.phone.title') },
    failed: error !== undefined,
    scripts: stepScripts({
      fields: [method.field],
      waits: error?.wait !== undefined,
      resendWaits: resend.waitSeconds !== undefined,
      sent,
    }),
    body: html`${errorSummary(error)}
${error === undefined && sentAgain(frame, sent)}
${settingsForm(
  visit,
  { action },
  html`<input type="hidden" name="id" value="${id}">
${codeField(frame, page, error)}
${submitButton(t, { id: 'save', label: t('settings.phone.save'), busy: t('busy.check'), wait: error?.wait })}`,
)}
${deliveryLine(frame, sent)}
<details class="resend"><summary id="no-code">${t('stuck.noCode')}</summary><div class="choices">${resendChoices(frame, resend)}</div>${helpLinks(frame, ['sms-not-received'])}</details>
<p class="ways-out"><a id="change-number" href="${numberHref}">${t('enrol.changeNumber')}</a></p>`,
  });
}
