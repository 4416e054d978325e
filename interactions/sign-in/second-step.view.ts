import type { FactorMethod } from '#src/sign-in/factor.ts';
import { quietForm, submitButton } from '../views/button.ts';
import { type CodeProblem, codeError, codeField } from '../views/code-field.ts';
import { errorSummary } from '../views/form.ts';
import { html } from '../views/markup.ts';
import { type PageFrame, renderPage } from '../views/page.ts';
import { richText } from '../views/rich-text.ts';

export interface SecondStepPage {
  /** Where the form posts `code`. */
  action: string;
  method: Pick<FactorMethod, 'kind' | 'signInField'>;
  /** Who is signing in, as typed at creation of the account; shown so that a wrong person notices. */
  loginName?: string | undefined;
  problem?: CodeProblem | undefined;
  /** Where "start again" posts to. */
  startOverAction: string;
}

/** Second step: one code, one button, one way back. */
export function secondStepPage(frame: PageFrame, page: SecondStepPage): string {
  const { t } = frame;
  const { action, method, loginName, problem, startOverAction } = page;
  const error = codeError(frame, method.kind, problem);
  return renderPage(frame, {
    step: 'second-step',
    title: t('secondStep.title'),
    icon: 'app',
    failed: error !== undefined,
    scripts: ['code-field', error?.wait === undefined ? 'busy-button' : 'countdown'],
    body: html`${loginName !== undefined && html`<p class="lead">${richText(t, 'secondStep.signingInAs', { name: html`<strong>${loginName}</strong>` })}</p>`}
<form method="post" action="${action}" novalidate>
${errorSummary(error)}
${codeField(frame, method.signInField, error)}
${submitButton(t, { id: 'continue', label: t('signIn.submit'), busy: t('busy.check'), wait: error?.wait })}
</form>
${quietForm('start-over', startOverAction, t('action.startOver'))}`,
  });
}
