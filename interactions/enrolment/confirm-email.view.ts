import { CODE_DIGITS } from '#src/message/one-time-codes.ts';
import { EMAIL } from '#src/sign-in/send-email-code.ts';
import { digitsField } from '../factors/digits-field.ts';
import { quietForm, submitButton } from '../views/button.ts';
import { choiceForm } from '../views/choice.ts';
import { errorSummary, type FormError } from '../views/form.ts';
import { icon } from '../views/icons.ts';
import { mailAddress } from '../views/mail-address.ts';
import { html, type Markup } from '../views/markup.ts';
import { methodField } from '../views/method-field.ts';
import { type PageFrame, renderPage } from '../views/page.ts';
import { richText } from '../views/rich-text.ts';
import { problemError, type StepProblem } from '../views/step-problem.ts';
import { stepScripts } from '../views/step-scripts.ts';

export interface ConfirmEmailPage {
  /** Where `code` is posted. */
  action: string;
  /** The person's own address, in full: they must see a slip of the pen. */
  email: string;
  problem?: StepProblem | undefined;
  /** What came of the mail; undefined while none was asked for. */
  sent: 'sent' | 'again' | 'unavailable' | undefined;
  /** Sends the mail, for the first time or once more. */
  sendAction: string;
  /** Seconds until it may be sent once more. */
  waitSeconds?: number | undefined;
  /** One click; the next sign-in asks again (R15). */
  skipAction: string;
  changeAction?: string | undefined;
}

const field = digitsField(CODE_DIGITS, { label: 'confirmEmail.label', hint: undefined });

function codeForm(frame: PageFrame, action: string, error: FormError | undefined): Markup {
  const { t } = frame;
  return html`<form method="post" action="${action}" novalidate>
${methodField(frame, EMAIL, field, { error, autofocus: true })}
${submitButton(t, { id: 'continue', label: t('action.continue'), busy: t('busy.check'), wait: error?.wait })}
</form>`;
}

/* The first mail is the page's one way on; another one is a way out among others. */
function sendFirst({ t }: PageFrame, action: string): Markup {
  return html`<form method="post" action="${action}">${submitButton(t, { id: 'send-email', label: t('confirmEmail.send'), busy: t('busy.send') })}</form>`;
}

function sendAgain(frame: PageFrame, { sendAction, waitSeconds }: ConfirmEmailPage): Markup {
  const { t } = frame;
  const again = choiceForm(frame, {
    id: 'send-email',
    action: sendAction,
    icon: 'mail',
    label: t('confirmEmail.sendAgain'),
    note: t('confirmEmail.sendAgainNote'),
    wait: waitSeconds === undefined ? undefined : { seconds: waitSeconds, text: 'send.wait.email' },
  });
  return html`<details class="resend"><summary id="no-code">${t('confirmEmail.noMail')}</summary><p>${t('confirmEmail.spam')}</p>
<div class="choices">${again}</div></details>`;
}

function errorOf(frame: PageFrame, { problem, sent }: ConfirmEmailPage): FormError | undefined {
  if (problem !== undefined) return problemError(frame, problem, field);
  return sent === 'unavailable' ? { summary: frame.t('confirmEmail.unavailable') } : undefined;
}

/** Asks for the code that was mailed to a person's address, so that it may be used to recover (R15). */
export function confirmEmailPage(frame: PageFrame, page: ConfirmEmailPage): string {
  const { t } = frame;
  const { action, email, problem, sent, sendAction, waitSeconds, skipAction, changeAction } = page;
  const error = errorOf(frame, page);
  const underWay = sent === 'sent' || sent === 'again' || problem !== undefined;
  const mail = mailAddress(email);
  return renderPage(frame, {
    step: 'confirm-email',
    title: t('confirmEmail.title'),
    icon: 'mail',
    failed: error !== undefined,
    scripts: stepScripts({
      fields: [field],
      waits: error?.wait !== undefined,
      resendWaits: waitSeconds !== undefined,
    }),
    body: html`<p class="lead">${richText(t, underWay ? 'confirmEmail.sent' : 'confirmEmail.text', { mail })} ${t('confirmEmail.why')}</p>
${errorSummary(error)}
${sent === 'again' && html`<p class="done-note" id="sent-again" role="status">${icon('check')}<span>${t('confirmEmail.again')}</span></p>`}
${underWay ? codeForm(frame, action, error) : sendFirst(frame, sendAction)}
${underWay && sendAgain(frame, page)}
<div class="skip">${quietForm('skip', skipAction, t('action.skip'), 'confirm-email')}</div>
${changeAction !== undefined && html`<div class="row-out">${quietForm('change-email', changeAction, t('confirmEmail.change'))}</div>`}`,
  });
}
