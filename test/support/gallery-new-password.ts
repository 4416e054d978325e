import { submitButton } from '#interactions/views/button.ts';
import { errorSummary } from '#interactions/views/form.ts';
import { html } from '#interactions/views/markup.ts';
import { newPasswordError, newPasswordField, newPasswordScripts } from '#interactions/views/new-password.ts';
import { type PageFrame, renderPage } from '#interactions/views/page.ts';

/** The field for a new password on a page of its own, as every page that has it shows it. */
function fieldPage(frame: PageFrame, faults?: readonly string[], loginName?: string): string {
  const { t } = frame;
  const error = faults && newPasswordError(frame, faults);
  return renderPage(frame, {
    step: 'new-password',
    title: t('newPassword.title'),
    failed: error !== undefined,
    scripts: [...newPasswordScripts, 'busy-button'],
    body: html`<form method="post" action="/new-password" novalidate>
${errorSummary(error)}
${newPasswordField(frame, { error, autofocus: true, loginName })}
${submitButton(t, { id: 'save', label: t('newPassword.save'), busy: t('busy.save') })}
</form>`,
  });
}

export const newPasswordPages: Readonly<Record<string, (frame: PageFrame) => string>> = {
  'new-password-field': (frame) => fieldPage(frame),
  'new-password-field-named': (frame) => fieldPage(frame, undefined, 'hr.manager'),
  'new-password-field-refused': (frame) => fieldPage(frame, ['leaked']),
  'new-password-field-refused-twice': (frame) => fieldPage(frame, ['too-short', 'context']),
};
