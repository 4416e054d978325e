import type { FieldSpec } from '#src/sign-in/factor.ts';
import { isTextKey } from '../i18n.ts';
import { startOverForm, submitButton } from '../views/button.ts';
import { type Resend, resendChoices } from '../views/choice.ts';
import { errorSummary, type FormError } from '../views/form.ts';
import { helpLinks } from '../views/help-link.ts';
import { methodIconName } from '../views/icons.ts';
import { html, type Markup } from '../views/markup.ts';
import { methodField } from '../views/method-field.ts';
import { type PageFrame, renderPage } from '../views/page.ts';
import { richText } from '../views/rich-text.ts';
import { deliveryLine, type SentNotice, sentAgain } from '../views/sent-notice.ts';
import { problemError, type StepProblem } from '../views/step-problem.ts';
import { stepScripts } from '../views/step-scripts.ts';

export interface SecondStepPage {
  /** Where the form posts `code` or `credential`. */
  action: string;
  /** The method that is asked now. */
  method: { kind: string; icon: string };
  field: FieldSpec;
  /** Who is signing in, as typed at creation of the account; shown so that a wrong person notices. */
  loginName: string;
  problem?: StepProblem | undefined;
  /** The code that is under way, for a method that sends one. */
  sent?: SentNotice | undefined;
  /** To ask for a code that could not be sent yet: nothing is under way. */
  resend?: Resend | undefined;
  /** The help menu (R17). */
  stuckHref: string;
  /** Where "start again" posts to. */
  startOverAction: string;
  /** Where a passkey's script asks what to sign. */
  optionsAction: string;
}

/* What to do with a passkey, which has no field with a hint. */
function passkeyHint({ t }: PageFrame, { method, field }: SecondStepPage): Markup | false {
  const key = `factor.${method.kind}.hint`;
  return field.type === 'passkey' && isTextKey(key) && html`<p class="way-intro">${t(key)}</p>`;
}

/* Asks before the link says it: whoever has not got what is asked knows that it is for them. */
function trouble({ t }: PageFrame, kind: string): Markup {
  const own = `factor.${kind}.trouble`;
  return html`<p class="trouble">${t(isTextKey(own) ? own : 'secondStep.trouble')}</p>`;
}

function stepForm(frame: PageFrame, page: SecondStepPage, error: FormError | undefined): Markup {
  const { t } = frame;
  const { action, method, field, optionsAction } = page;
  const button =
    field.type === 'text' &&
    submitButton(t, {
      id: 'continue',
      label: t('signIn.submit'),
      busy: t('busy.check'),
      wait: error?.wait,
    });
  return html`<form method="post" action="${action}" novalidate>
${passkeyHint(frame, page)}
${methodField(frame, method.kind, field, { error, autofocus: true, optionsAction, purpose: 'sign-in' })}
${button}
</form>`;
}

/** Second step: one method, one field, one button; under it the way out for who is stuck (R17, R18). */
export function secondStepPage(frame: PageFrame, page: SecondStepPage): string {
  const { t } = frame;
  const { method, field, loginName, problem, sent, resend, stuckHref, startOverAction } = page;
  const error = problem && problemError(frame, problem, field);
  const name = html`<strong>${loginName}</strong>`;
  return renderPage(frame, {
    step: 'second-step',
    method: method.kind,
    title: t('secondStep.title'),
    icon: methodIconName(method.icon),
    failed: error !== undefined,
    scripts: stepScripts({
      fields: [field],
      waits: error?.wait !== undefined,
      resendWaits: resend?.waitSeconds !== undefined,
      sent,
    }),
    body: html`<p class="lead">${richText(t, 'secondStep.signingInAs', { name })}</p>
${errorSummary(error)}
${sentAgain(frame, sent)}
${stepForm(frame, page, error)}
${error?.wait !== undefined && html`<p class="meanwhile">${richText(t, 'wait.orMethod', { link: html`<a id="other-way" href="${stuckHref}">${t('wait.otherMethod')}</a>` })}</p>`}
${deliveryLine(frame, sent)}
${resend !== undefined && html`<div class="choices">${resendChoices(frame, resend)}</div>`}
${trouble(frame, method.kind)}
<p class="ways-out"><a id="stuck" href="${stuckHref}">${t('stuck.title')}</a></p>
${sent !== undefined && helpLinks(frame, ['sms-not-received'])}
${startOverForm(t, startOverAction)}`,
  });
}
