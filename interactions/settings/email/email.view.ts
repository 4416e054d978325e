import type { Account } from '#src/account/account.ts';
import { submitButton } from '../../views/button.ts';
import { errorSummary, type FormError, textField } from '../../views/form.ts';
import { mailAddress } from '../../views/mail-address.ts';
import { html, type Markup } from '../../views/markup.ts';
import type { PageFrame } from '../../views/page.ts';
import { richText } from '../../views/rich-text.ts';
import { settingsForm } from '../settings-form.ts';
import { type DrawnVisit, settingsPage, upToOverview } from '../settings-page.ts';
import { emailError, type ShownEmailProblem } from './email-problem.ts';

export interface EmailPage {
  /** Where `email` is posted. */
  action: string;
  now: Pick<Account, 'email' | 'emailVerified'>;
  /** As typed. */
  typed: string;
  problem?: ShownEmailProblem | undefined;
  /** Where a code can be typed that is on its way already. */
  codeHref?: string | undefined;
}

/** Which address there is, and whether it is proved. */
function presentAddress({ t }: PageFrame, { now: { email, emailVerified } }: EmailPage): Markup {
  if (email === undefined)
    return html`<p class="lead" id="email-now">${t('settings.overview.emailNone')}</p>`;
  const state = t(emailVerified ? 'settings.overview.emailProved' : 'settings.overview.emailUnproved');
  return html`<p class="lead" id="email-now">${richText(t, 'settings.email.now', { mail: mailAddress(email) })} <span class="soft" id="email-state">${state}</span></p>`;
}

function addressField({ t }: PageFrame, { now, typed }: EmailPage, error: FormError | undefined): Markup {
  const isProof = now.email !== undefined && !now.emailVerified;
  return textField(
    {
      ...{ id: 'email', name: 'email', type: 'email', value: typed },
      label: t(isProof ? 'securityQuestion.email' : 'settings.email.field'),
      hint: t(isProof ? 'settings.email.hintProve' : 'settings.email.hint'),
      extra: html`required maxlength="320" inputmode="email" autocomplete="email" autocapitalize="none" autocorrect="off" spellcheck="false"`,
    },
    error,
  );
}

/** The address for a recovery: to be changed, or to be proved where it is not. It counts when its code is typed. */
export function emailPage(visit: DrawnVisit, page: EmailPage): string {
  const { frame } = visit;
  const { t } = frame;
  const error = emailError(frame, page.problem);
  const { action, now, codeHref } = page;
  return settingsPage(visit, {
    step: 'settings-email',
    title: t('settings.email.title'),
    icon: 'mail',
    up: upToOverview(visit),
    failed: error !== undefined,
    scripts: ['busy-button'],
    body: html`<p class="lead">${t('settings.email.lead')}${now.emailVerified && html` ${t('settings.email.oldIsTold')}`}</p>
${presentAddress(frame, page)}
${settingsForm(
  visit,
  { action },
  html`${errorSummary(error)}
${addressField(frame, page, error)}
${submitButton(t, { id: 'continue', label: t('confirmEmail.send'), busy: t('busy.send') })}`,
)}
${codeHref !== undefined && html`<p class="ways-out"><a id="to-code" href="${codeHref}">${t('settings.email.haveCode')}</a></p>`}`,
  });
}
