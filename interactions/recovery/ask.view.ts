import type { Lost } from '#src/recovery/recovery-flow.ts';
import type { TextKey } from '../i18n.ts';
import { submitButton } from '../views/button.ts';
import { lifeInWords } from '../views/duration.ts';
import { errorSummary, type FormError, textField } from '../views/form.ts';
import { html, type Markup } from '../views/markup.ts';
import { type PageFrame, renderPage } from '../views/page.ts';
import { backToSignIn, helpSentence } from './pieces.ts';
import type { RecoveryPlace } from './place.ts';
import { type ProblemWords, problemError, type ShownProblem } from './recover-problem.ts';

export interface AskPage {
  lost: Lost;
  place: RecoveryPlace;
  /** Kept as typed. */
  typed: string;
  problem?: ShownProblem | undefined;
}

/** How the page for one lost thing differs from the other's. */
interface Look {
  step: 'recover-login-name' | 'recover-password';
  action: '/recover/login-name' | '/recover/password';
  id: 'email' | 'login-name';
  /** What the form posts. */
  name: 'email' | 'login_name';
  words: 'recover.loginName' | 'recover.password';
  steps: readonly TextKey[];
  autocomplete: 'email' | 'username';
  other: { id: string; path: '/recover/login-name' | '/recover/password'; label: TextKey };
}

/** The two things that can be asked for (R20, R21). */
export const askLooks: Readonly<Record<Lost, Look>> = {
  'login-name': {
    step: 'recover-login-name',
    action: '/recover/login-name',
    id: 'email',
    name: 'email',
    words: 'recover.loginName',
    steps: ['recover.loginName.step1', 'recover.loginName.step2', 'recover.loginName.step3'],
    autocomplete: 'email',
    other: { id: 'recover-password', path: '/recover/password', label: 'recover.otherPassword' },
  },
  password: {
    step: 'recover-password',
    action: '/recover/password',
    id: 'login-name',
    name: 'login_name',
    words: 'recover.password',
    steps: [
      'recover.password.step1',
      'recover.password.step2',
      'recover.password.step3',
      'recover.password.step4',
    ],
    autocomplete: 'username',
    other: { id: 'recover-login-name', path: '/recover/login-name', label: 'recover.otherLogin' },
  },
};

function askField(
  { t }: PageFrame,
  { words, id, name, autocomplete }: Look,
  typed: string,
  error?: FormError,
) {
  const mail = name === 'email';
  return textField(
    {
      id,
      name,
      type: mail ? 'email' : 'text',
      label: t(`${words}.field`),
      hint: t(`${words}.hint`),
      value: typed,
      autofocus: true,
      extra: html`required maxlength="320"${mail && html` inputmode="email"`} autocomplete="${autocomplete}" autocapitalize="none" autocorrect="off" spellcheck="false"`,
    },
    error,
  );
}

function instructions({ t, tenant, locale }: PageFrame, { steps }: Look): Markup {
  const life = lifeInWords(tenant.recovery.linkMinutes, locale);
  return html`<ol class="reasons">${steps.map((key) => html`<li>${t(key, { life })}</li>`)}</ol>`;
}

/** Asks for the mail with login names, or for the one with a link (R19): what will happen stands above the field. */
export function askPage(frame: PageFrame, { lost, place, typed, problem }: AskPage): string {
  const { t } = frame;
  const look = askLooks[lost];
  const empty: TextKey = `${look.words}.empty`;
  const words: ProblemWords = { empty, malformed: empty, wrong: empty };
  const error = problemError(frame, problem, look.id, words);
  return renderPage(frame, {
    step: look.step,
    title: t(`${look.words}.label`),
    failed: error !== undefined,
    scripts: [error?.wait === undefined ? 'busy-button' : 'countdown'],
    body: html`${instructions(frame, look)}
<form method="post" action="${place.to(look.action)}" novalidate>
${errorSummary(error)}
${askField(frame, look, typed, error)}
${submitButton(t, { id: 'send-mail', label: t('recover.send'), busy: t('busy.send'), wait: error?.wait })}
</form>
${error?.wait !== undefined && html`<div class="fine">${helpSentence(frame, 'recover.waitElse')}</div>`}
<p class="ways-out"><a id="${look.other.id}" href="${place.to(look.other.path)}">${t(look.other.label)}</a></p>
${backToSignIn(frame, place)}`,
  });
}
