import type { FactorMethod, SetUpBlock } from '#src/sign-in/factor.ts';
import { textKey } from '../i18n.ts';
import { quietForm, submitButton } from '../views/button.ts';
import { type CodeProblem, codeError, codeField } from '../views/code-field.ts';
import { errorSummary } from '../views/form.ts';
import { icon } from '../views/icons.ts';
import { html } from '../views/markup.ts';
import { type PageFrame, type Progress, renderPage } from '../views/page.ts';
import { setUpBlocks } from '../views/set-up-blocks.ts';

export interface EnrolAppPage {
  /** Where the form posts `code`. */
  action: string;
  method: Pick<FactorMethod, 'kind' | 'setUpStep' | 'setUpField'>;
  /** What the method shows for this person, from `method.blocks(…)`. */
  blocks: readonly SetUpBlock[];
  problem?: CodeProblem | undefined;
  progress: Progress;
  /** Where "start again" posts to; without it that way out is not there. */
  startOverAction?: string | undefined;
}

/** First sign-in: a method is set up and proved with a code (R7, R8, R12, R27). */
export function enrolAppPage(frame: PageFrame, page: EnrolAppPage): string {
  const { t } = frame;
  const { action, method, blocks, problem, progress, startOverAction } = page;
  const error = codeError(frame, method.kind, problem);
  const text = (name: string) => t(textKey(`factor.${method.kind}.${name}`));
  return renderPage(frame, {
    step: method.setUpStep,
    title: t('enrol.title'),
    failed: error !== undefined,
    wide: true,
    progress,
    scripts: ['code-field', 'copy', error?.wait === undefined ? 'busy-button' : 'countdown'],
    body: html`<p class="lead">${t('enrol.intro')} ${t('enrol.why')}</p>
<form method="post" action="${action}" novalidate>
${errorSummary(error)}
<div class="method"><span class="badge small">${icon('app')}</span><h2>${text('name')}</h2></div>
<ol class="steps">
<li><p>${text('setUp.prepare')}</p>
<details><summary id="no-app">${text('setUp.prepareMore')}</summary><p>${text('setUp.prepareMoreText')}</p></details></li>
<li><p>${text('setUp.show')}</p>
${setUpBlocks(frame, method.kind, blocks)}</li>
<li>${codeField(frame, method.setUpField, error, false)}</li>
</ol>
${submitButton(t, { id: 'continue', label: t('action.continue'), busy: t('busy.check'), wait: error?.wait })}
</form>
${startOverAction !== undefined && quietForm('start-over', startOverAction, t('action.startOver'))}`,
  });
}
