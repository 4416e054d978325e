import type { Lost } from '#src/recovery/recovery-flow.ts';
import { choiceForm } from '../views/choice.ts';
import { html, type Markup } from '../views/markup.ts';
import { type PageFrame, renderPage } from '../views/page.ts';
import { richText } from '../views/rich-text.ts';
import { askLooks } from './ask.view.ts';
import { codeError, codeForm } from './code-form.ts';
import { backToSignIn, helpSentence } from './pieces.ts';
import type { RecoveryPlace } from './place.ts';
import type { ShownProblem } from './recover-problem.ts';

export interface SentPage {
  lost: Lost;
  place: RecoveryPlace;
  /** What was asked for, so that a slip of the pen is seen. */
  typed: string;
  /** Why the code was not taken. */
  problem?: ShownProblem | undefined;
  /** Seconds until it is of use to ask again. */
  waitSeconds?: number | undefined;
}

function askAgain(frame: PageFrame, { lost, place, typed, waitSeconds }: SentPage): Markup {
  const { t } = frame;
  const { action, name } = askLooks[lost];
  return choiceForm(frame, {
    id: 'send-mail',
    action: place.to(action),
    icon: 'mail',
    label: t('recover.sent.again'),
    note: t(`recover.sent.againNote.${lost}`),
    hidden: { name, value: typed },
    wait: waitSeconds === undefined ? undefined : { seconds: waitSeconds, text: 'send.wait.email' },
  });
}

/* What to do when nothing comes (R22): the same for everybody, because nobody is told whether something was sent. */
function noMail(frame: PageFrame, page: SentPage): Markup {
  const { t } = frame;
  const advice = ['check', 'spam', 'sender', 'proved'] as const;
  return html`<section><h2>${t('recover.sent.none')}</h2>
<ul class="reasons">${advice.map((key) => html`<li>${t(`recover.sent.${key}`)}</li>`)}</ul>
${helpSentence(frame, 'recover.sent.help')}
<div class="choices">${askAgain(frame, page)}</div>
<p class="ways-out"><a id="change" href="${page.place.to(askLooks[page.lost].action)}">${t('recover.sent.change')}</a></p></section>`;
}

/** A mail was asked for. Whoever was named, and whether or not they exist: the same page (R22). */
export function recoverSentPage(frame: PageFrame, page: SentPage): string {
  const { t } = frame;
  const { lost, place, typed, problem, waitSeconds } = page;
  const error = lost === 'password' ? codeError(frame, { place, problem }) : undefined;
  const counts = error?.wait !== undefined || waitSeconds !== undefined;
  const who = html`<strong>${typed}</strong>`;
  return renderPage(frame, {
    step: 'recover-sent',
    title: t('recover.sent.title'),
    icon: 'mail',
    failed: error !== undefined,
    scripts: [
      ...(counts ? (['countdown'] as const) : []),
      ...(error?.wait === undefined ? (['busy-button'] as const) : []),
    ],
    body: html`<div class="lead"><p>${t(lost === 'password' ? 'recover.sent.password' : 'recover.sent.loginName')}</p>
<p>${richText(t, 'recover.sent.typed', { typed: who })}</p></div>
${
  lost === 'password' &&
  html`<section><p class="way-intro">${t('recover.sent.code')}</p>
${codeForm(frame, { place, problem })}
${error?.wait !== undefined && html`<div class="fine">${helpSentence(frame, 'recover.waitElse')}</div>`}</section>`
}
${noMail(frame, page)}
${backToSignIn(frame, place)}`,
  });
}
