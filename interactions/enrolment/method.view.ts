import { quietForm, startOverForm } from '../views/button.ts';
import { type Hidden, hiddenFields, type Resend, resendChoices } from '../views/choice.ts';
import { errorSummary } from '../views/form.ts';
import { helpLinks } from '../views/help-link.ts';
import { icon, methodIconName } from '../views/icons.ts';
import { html, type Markup } from '../views/markup.ts';
import { type PageContent, type PageFrame, type Progress, renderPage } from '../views/page.ts';
import { deliveryLine, type SentNotice, sentAgain } from '../views/sent-notice.ts';
import { type ProblemPlace, problemError, type StepProblem } from '../views/step-problem.ts';
import { stepScripts } from '../views/step-scripts.ts';
import { type EnrolMethod, explanationLink, methodName, methodSection } from './method-section.ts';

export type { EnrolMethod } from './method-section.ts';

export interface EnrolPage {
  /** Name of the page (`sms`, `yubikey`, `app`); its data-step is `enrol-<page>`. */
  page: string;
  /** Where every method's form posts `method` and what was typed. */
  action: string;
  /** In the order in which they are shown; each has a form of its own. */
  methods: readonly EnrolMethod[];
  problem?: StepProblem | undefined;
  /** The person just set up a method: a second one is advised (R7). `works-last`: this is the last page that offers one. */
  note?: 'works' | 'works-last' | undefined;
  /** How many ways to sign in the person has by now, as far as the page should say so. */
  ways?: number | undefined;
  /** Name of the application that asks for a stronger method. */
  demandedBy?: string | undefined;
  progress?: Progress | undefined;
  /** Absent where this page may not be skipped. */
  skipAction?: string | undefined;
  /** Why it may not, said where the button would be. */
  skipRefusedWhy?: 'required' | undefined;
  /** To the page before. */
  backAction?: string | undefined;
  /** Makes a new key to scan. */
  renewAction?: string | undefined;
  /** To another number. */
  changeAction?: string | undefined;
  /** Sends the code once more. */
  resend?: Resend | undefined;
  sent?: SentNotice | undefined;
  explanationHref: string;
  /** Where a passkey's script asks what to sign. */
  optionsAction: string;
  /** Absent where there is nothing to start over. */
  startOverAction?: string | undefined;
  /** What was typed beside the proof. */
  typed?: { label?: string | undefined } | undefined;
  /** It stands among the settings of somebody who is signed in, and not in a first sign-in. */
  settings?: InSettings | undefined;
}

/** What a page of methods is in the settings. */
export interface InSettings {
  /** What is being done; the explanation follows it. */
  lead: string;
  /** What every form posts beside, unseen. */
  carried: readonly Hidden[];
}

const stepOf = ({ page }: EnrolPage) => `enrol-${page}`;

const placeOf = ({ settings }: EnrolPage): ProblemPlace => (settings === undefined ? 'set-up' : 'settings');

const carriedBy = ({ settings }: EnrolPage): Markup | undefined => settings && hiddenFields(settings.carried);

const isSkipRefused = ({ problem }: EnrolPage) => problem?.kind === 'none-chosen';

const asksPhone = ({ methods }: EnrolPage) =>
  methods.some(({ field }) => field.type === 'text' && field.name === 'phone');

/* A code is on its way: nothing but its field matters now. */
const awaitsCode = ({ methods }: EnrolPage) =>
  methods.some(({ stage, channels }) => stage === 'prove' && channels.length > 0);

/* Who has one way hears why a second helps; who has more is done as far as we are concerned. */
function workingWords({ t }: PageFrame, { note, ways = 1 }: EnrolPage): [string, string] {
  if (ways > 1) return [t('enrol.worksMany', { n: ways }), t('enrol.worksEnough')];
  return [t('enrol.works'), t(note === 'works-last' ? 'enrol.worksLast' : 'enrol.worksMore')];
}

function lead(frame: PageFrame, page: EnrolPage): Markup | false {
  const { t } = frame;
  if (awaitsCode(page)) return false;
  const { note, demandedBy, explanationHref, settings } = page;
  const more = !asksPhone(page) && explanationLink(frame, explanationHref);
  if (settings !== undefined) return html`<p class="lead">${settings.lead} ${more}</p>`;
  if (demandedBy !== undefined)
    return html`<p class="lead">${t('enrol.demanded', { application: demandedBy })} ${more}</p>`;
  if (note !== undefined) {
    const [works, advice] = workingWords(frame, page);
    return html`<div class="done-note large">${icon('check')}<div><p id="works"><strong>${works}</strong></p><p>${advice} ${more}</p></div></div>`;
  }
  // The reason is given once, on the first page; after that people know.
  const why = page.backAction === undefined && html`<p>${t('enrol.why')}</p>`;
  return html`<div class="lead"><p>${t('enrol.intro')} ${more}</p>${why}</div>`;
}

function sections(frame: PageFrame, page: EnrolPage, wait: number | undefined): Markup {
  const { methods, problem, action, optionsAction, explanationHref, typed } = page;
  const refused = problem?.kind === 'refused' ? problem : undefined;
  return html`${methods.map((method, index) =>
    methodSection(frame, method, {
      action,
      wait,
      error:
        refused?.method === method.kind
          ? problemError(frame, refused, method.field, placeOf(page))
          : undefined,
      optionsAction,
      explanationHref,
      typedLabel: typed?.label,
      shared: methods.length > 1,
      named: index === 0 && titleOf(frame, page) !== frame.t('enrol.title'),
      after: index > 0,
      skippable: page.skipAction !== undefined,
      carried: carriedBy(page),
    }),
  )}`;
}

/* The first page opens the subject (R7); on the next ones that stands small above the name of what is set up there. */
function titleOf(frame: PageFrame, { methods, backAction, settings }: EnrolPage): string {
  const [first] = methods;
  const opens = backAction === undefined && settings === undefined;
  return opens || first === undefined ? frame.t('enrol.title') : methodName(frame, first.kind);
}

/* Nothing was set up, and this is the last page: the way back is as good as the way on. */
function refusedSkip({ t }: PageFrame, page: EnrolPage): Markup | false {
  const { backAction } = page;
  if (!isSkipRefused(page) || backAction === undefined) return false;
  return html`<div class="go-back"><p>${t('enrol.goBack')}</p>
${quietForm('back', backAction, t('enrol.back'), stepOf(page), 'secondary')}</div>`;
}

/* The ways out: quieter than the way on, always in the same order. */
function waysOut({ t }: PageFrame, page: EnrolPage): Markup {
  const { skipAction, skipRefusedWhy, backAction, renewAction, changeAction, startOverAction } = page;
  const step = stepOf(page);
  const anew = (id: string, action: string, label: string) =>
    quietForm(id, action, label, undefined, 'quiet', carriedBy(page));
  const refused = isSkipRefused(page);
  const isRow = [changeAction, renewAction, backAction, startOverAction].some((way) => way !== undefined);
  return html`${skipRefusedWhy !== undefined && html`<p class="fine" id="not-skippable">${t('enrol.required')}</p>`}
${skipAction !== undefined && html`<div class="${refused ? 'faint' : 'skip'}">${quietForm('skip', skipAction, t('action.skip'), step)}</div>`}
${
  isRow &&
  html`<div class="row-out">
${changeAction !== undefined && anew('change-number', changeAction, t('enrol.changeNumber'))}
${renewAction !== undefined && anew('renew', renewAction, t('enrol.renew'))}
${backAction !== undefined && !refused && quietForm('back', backAction, t('enrol.back'), step)}
${startOverAction !== undefined && startOverForm(t, startOverAction)}
</div>`
}`;
}

/** First sign-in: one page of methods, each set up and proved in a form of its own (R7–R12, R27). */
export function enrolPage(frame: PageFrame, page: EnrolPage): string {
  return renderPage(frame, enrolContent(frame, page));
}

/** What that page is made of. */
export function enrolContent(frame: PageFrame, page: EnrolPage): PageContent {
  const { t } = frame;
  const { methods, problem, progress, resend, sent, settings } = page;
  const blamed =
    problem?.kind === 'refused' ? methods.find(({ kind }) => kind === problem.method) : undefined;
  const error = problem && problemError(frame, problem, blamed?.field, placeOf(page));
  const title = titleOf(frame, page);
  return {
    step: stepOf(page),
    title,
    // In the settings the way up says it.
    eyebrow: settings !== undefined || title === t('enrol.title') ? undefined : t('enrol.title'),
    icon: title === t('enrol.title') ? undefined : methodIconName(methods[0]?.icon ?? ''),
    failed: error !== undefined,
    wide: true,
    progress,
    scripts: stepScripts({
      fields: methods.map(({ field }) => field),
      waits: error?.wait !== undefined,
      resendWaits: resend?.waitSeconds !== undefined,
      sent,
      copies: methods.some(({ blocks }) => blocks.length > 0),
    }),
    body: html`${lead(frame, page)}
${errorSummary(error)}
${refusedSkip(frame, page)}
${sentAgain(frame, sent)}
${sections(frame, page, error?.wait)}
${deliveryLine(frame, sent)}
${resend !== undefined && html`<details class="resend"><summary id="no-code">${t('stuck.noCode')}</summary><div class="choices">${resendChoices(frame, { ...resend, hidden: settings?.carried })}</div>${helpLinks(frame, ['sms-not-received'])}</details>`}
${waysOut(frame, page)}`,
  };
}
