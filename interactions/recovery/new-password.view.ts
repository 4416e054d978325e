import { submitButton } from '../views/button.ts';
import { errorSummary, type FormError } from '../views/form.ts';
import { html } from '../views/markup.ts';
import { newPasswordError, newPasswordField, newPasswordScripts } from '../views/new-password.ts';
import { type PageFrame, renderPage } from '../views/page.ts';
import { richText } from '../views/rich-text.ts';
import { backToSignIn } from './pieces.ts';
import type { RecoveryPlace } from './place.ts';

export interface NewPasswordPage {
  place: RecoveryPlace;
  purpose: 'reset' | 'invitation';
  /** Whose password it is; shown so that nobody makes one for the wrong account. */
  loginName: string;
  /** Why the last one was not taken, by name of its text: `newPassword.problem.<fault>`. */
  faults: readonly string[];
  /** The form could not be read. */
  malformed?: boolean | undefined;
}

function errorOf(frame: PageFrame, { faults, malformed }: NewPasswordPage): FormError | undefined {
  if (malformed) return { summary: frame.t('problem.unreadable') };
  return faults.length === 0 ? undefined : newPasswordError(frame, faults);
}

/** The new password, or the first one: what will be taken is said before anything is typed (ground rule 8). */
export function newPasswordPage(frame: PageFrame, page: NewPasswordPage): string {
  const { t } = frame;
  const { place, purpose, loginName } = page;
  const error = errorOf(frame, page);
  const name = html`<strong>${loginName}</strong>`;
  return renderPage(frame, {
    step: 'new-password',
    title: t(purpose === 'invitation' ? 'newPassword.titleFirst' : 'newPassword.title'),
    icon: 'lock',
    failed: error !== undefined,
    scripts: [...newPasswordScripts, 'busy-button'],
    body: html`<p class="lead">${richText(t, 'newPassword.for', { name })}</p>
<form method="post" action="${place.to('/recover/new-password')}" novalidate>
${errorSummary(error)}
${newPasswordField(frame, { error, autofocus: true, loginName })}
${submitButton(t, { id: 'save', label: t('newPassword.save'), busy: t('busy.save') })}
</form>
${backToSignIn(frame, place)}`,
  });
}
