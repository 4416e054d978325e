import type { PasswordChangeProblem } from '#src/settings/change-password.ts';
import { submitButton } from '../../views/button.ts';
import { waitError } from '../../views/duration.ts';
import { errorSummary, type FieldError, type FormError, textField } from '../../views/form.ts';
import { html } from '../../views/markup.ts';
import { newPasswordError, newPasswordField, newPasswordScripts } from '../../views/new-password.ts';
import type { PageFrame } from '../../views/page.ts';
import { passwordControl } from '../../views/password-control.ts';
import { richText } from '../../views/rich-text.ts';
import { type DrawnVisit, settingsForm, settingsPage, upToOverview } from '../settings-page.ts';

/** A problem as it is shown: `seconds` are still to wait. */
export type ShownProblem =
  | Exclude<PasswordChangeProblem, { kind: 'wait' }>
  | { kind: 'wait'; seconds: number };

export interface PasswordPage {
  /** Where `password` and `new_password` are posted. */
  action: string;
  loginName: string;
  /** Which password the form is about. */
  since: string;
  /** A new password was typed before, is kept, and need not be typed again. It is not on the page. */
  remembered: boolean;
  problem: ShownProblem | undefined;
  /** Where a password is made by who knows it no more. */
  recoverHref: string;
}

const CURRENT = 'current-password';

function emptyError(frame: PageFrame, { current, next }: { current: boolean; next: boolean }): FormError {
  const { t } = frame;
  const forNext = newPasswordError(frame, ['empty']);
  if (!current) return forNext;
  const field: FieldError = { id: CURRENT, text: t('settings.password.empty') };
  if (!next || forNext.field === undefined) return { summary: field.text, field };
  return { summary: t('settings.password.several'), field, others: [forNext.field] };
}

function errorOf(frame: PageFrame, problem: ShownProblem): FormError {
  const { t } = frame;
  switch (problem.kind) {
    case 'empty':
      return emptyError(frame, problem);
    case 'wrong':
      return {
        summary: t('settings.password.wrong'),
        field: { id: CURRENT, text: t('signIn.wrongHint') },
      };
    case 'wait':
      return waitError(frame, problem.seconds);
    case 'refused':
      return newPasswordError(frame, problem.faults);
    case 'blocked':
      return { summary: t('settings.password.blocked') };
    case 'overtaken':
      return { summary: t('settings.password.overtaken') };
  }
}

function currentField({ t }: PageFrame, error: FormError | undefined) {
  return textField(
    {
      id: CURRENT,
      name: 'password',
      type: 'password',
      label: t('settings.password.current'),
      autofocus: true,
      extra: html`required autocomplete="current-password" autocapitalize="none" autocorrect="off" spellcheck="false"`,
      ...passwordControl(t, CURRENT),
    },
    error,
  );
}

/** The password: the one there is, and the new one by the same rules as anywhere. Neither is ever written into the page. */
export function passwordPage(visit: DrawnVisit, page: PasswordPage): string {
  const { frame } = visit;
  const { t } = frame;
  const { action, loginName, since, remembered, problem, recoverHref } = page;
  const error = problem && errorOf(frame, problem);
  const hint = remembered ? t('settings.password.remembered') : undefined;
  const wait = error?.wait;
  const link = html`<a id="recover" href="${recoverHref}">${t('settings.password.recover')}</a>`;
  return settingsPage(visit, {
    step: 'settings-password',
    title: t('settings.password.title'),
    icon: 'lock',
    up: upToOverview(visit),
    failed: error !== undefined,
    scripts: [...newPasswordScripts, wait === undefined ? 'busy-button' : 'countdown'],
    body: html`<p class="lead">${t('settings.password.lead')}</p>
${settingsForm(
  visit,
  { action },
  html`${errorSummary(error)}
<input type="hidden" name="since" value="${since}">${remembered && html`<input type="hidden" name="remembered" value="1">`}
${currentField(frame, error)}
${newPasswordField(frame, { error, loginName, name: 'new_password', hint })}
${submitButton(t, { id: 'save', label: t('newPassword.save'), busy: t('busy.save'), wait })}`,
)}
<p class="fine">${richText(t, 'settings.password.forgotten', { link })}</p>`,
  });
}
