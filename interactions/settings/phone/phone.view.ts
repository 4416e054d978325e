import type { OwnNumber } from '#src/settings/change-phone.ts';
import type { CodeChannel, FieldSpec } from '#src/sign-in/factor.ts';
import { channelButtons } from '../../enrolment/method-section.ts';
import { primaryLink, submitButton } from '../../views/button.ts';
import { countryHelp } from '../../views/country-help.ts';
import { lifeInWords } from '../../views/duration.ts';
import { errorSummary, type FormError } from '../../views/form.ts';
import { helpDeskContact } from '../../views/help-desk.ts';
import { html, type Markup } from '../../views/markup.ts';
import { methodField } from '../../views/method-field.ts';
import { momentInWords } from '../../views/moment.ts';
import type { PageFrame } from '../../views/page.ts';
import { richText } from '../../views/rich-text.ts';
import { problemError, type StepProblem } from '../../views/step-problem.ts';
import { stepScripts } from '../../views/step-scripts.ts';
import { type DrawnVisit, settingsForm, settingsPage, upToOverview } from '../settings-page.ts';

export interface PhonePage {
  /** Where `factor`, `phone` and `channel` are posted. */
  action: string;
  numbers: readonly OwnNumber[];
  /** How a number is asked; undefined where this organisation has no codes by phone. */
  asked: { field: FieldSpec; channels: readonly CodeChannel[] } | undefined;
  /** Both steps were just given. Without that the page says what comes first, and leads there. */
  proved: boolean;
  proveHref: string;
  /** Hours for which a new number proves nothing behind a password that was forgotten. */
  newHours: number;
  /** Which number was chosen before. */
  chosen?: string | undefined;
  problem?: StepProblem | undefined;
  /** Something was changed in another window, so that this form was about what is not there any more. */
  elsewhere: boolean;
  /** A code that is on its way: where to fill it in. */
  underWay?: { href: string; ending: string } | undefined;
  /** Where setting up a first number begins. */
  addAction: string;
  methodsHref: string;
}

/* Its last digits, what the person calls it, and since when it counts. */
function numberLine({ t, locale }: PageFrame, { ending, label, newUntil }: OwnNumber): Markup {
  const number = html`<strong>${t('settings.endingIn', { ending })}</strong>`;
  const name = label !== '' && html` <span class="soft">(${label})</span>`;
  const counts =
    newUntil !== undefined &&
    html` <span class="counts">${t('settings.phone.countsFrom', { moment: momentInWords(newUntil, locale) })}</span>`;
  return html`${number}${name}${counts}`;
}

/* One is told in a sentence, several are listed. */
function told(frame: PageFrame, numbers: readonly OwnNumber[]): Markup {
  const [first, ...others] = numbers;
  if (others.length > 0)
    return html`<ul class="reasons" id="numbers">${numbers.map((number) => html`<li>${numberLine(frame, number)}</li>`)}</ul>`;
  return html`<p class="lead" id="number">${frame.t('settings.phone.now')} ${first && numberLine(frame, first)}</p>`;
}

/* Which one is to be replaced: one is just told, of several one is chosen. */
function choice(frame: PageFrame, { numbers, chosen }: PhonePage): Markup {
  const [first, ...others] = numbers;
  if (others.length === 0)
    return html`${told(frame, numbers)}
<input type="hidden" name="factor" value="${first?.id}">`;
  const checked = numbers.some(({ id }) => id === chosen) ? chosen : first?.id;
  const radios = numbers.map(
    (number, index) =>
      html`<div class="check"><input type="radio" id="number-${index + 1}" name="factor" value="${number.id}"${number.id === checked && html` checked`}><label for="number-${index + 1}">${numberLine(frame, number)}</label></div>`,
  );
  return html`<fieldset class="numbers"><legend>${frame.t('settings.phone.which')}</legend>${radios}</fieldset>`;
}

/* Nothing is typed here before both steps were given: what comes first, and what to do without the old number. */
function before(frame: PageFrame, page: PhonePage, error: FormError | undefined): Markup {
  const { t } = frame;
  return html`<p class="lead">${t('settings.phone.before')}</p>
${errorSummary(error)}
${told(frame, page.numbers)}
<p>${richText(t, 'settings.phone.old', { contact: helpDeskContact(frame) })}</p>
${primaryLink('continue', page.proveHref, t('action.continue'))}`;
}

function underWayNote({ t }: PageFrame, { underWay }: PhonePage): Markup | false {
  if (underWay === undefined) return false;
  const link = html`<a id="to-code" href="${underWay.href}">${t('settings.phone.toCode')}</a>`;
  return html`<p class="hint" id="under-way">${richText(t, 'settings.phone.underWay', { ending: html`${underWay.ending}`, link })}</p>`;
}

function form(
  visit: DrawnVisit,
  page: PhonePage,
  { field, channels }: NonNullable<PhonePage['asked']>,
  error: FormError | undefined,
): Markup {
  const { frame } = visit;
  const { t, locale } = frame;
  const hours = lifeInWords(page.newHours * 60, locale);
  return html`<p class="lead">${t('settings.phone.lead')}</p>
${errorSummary(error)}
${underWayNote(frame, page)}
${settingsForm(
  visit,
  { action: page.action },
  html`${choice(frame, page)}
${methodField(frame, 'sms', field, { error, below: countryHelp(frame) })}
${channelButtons(frame, channels, error?.wait)}`,
)}
<p class="fine" id="new-number">${t('settings.phone.newNumber', { hours })}</p>`;
}

/* Neither a number nor codes by phone: the way to what there is. */
function nothingHere(
  visit: DrawnVisit,
  { numbers, addAction, methodsHref, asked }: PhonePage,
  error: FormError | undefined,
): Markup | undefined {
  const { t } = visit.frame;
  if (asked === undefined)
    return html`<p class="lead">${t('settings.phone.notHere')}</p>
${errorSummary(error)}
${primaryLink('methods', methodsHref, t('settings.phone.toMethods'))}`;
  if (numbers.length > 0) return undefined;
  return html`<p class="lead">${t('settings.phone.none')}</p>
${errorSummary(error)}
${settingsForm(visit, { action: addAction }, submitButton(t, { id: 'add', label: t('settings.phone.add'), busy: t('busy.go') }))}`;
}

function errorOf(frame: PageFrame, { elsewhere, problem, asked }: PhonePage): FormError | undefined {
  if (elsewhere) return { summary: frame.t('settings.phone.elsewhere') };
  return problem && problemError(frame, problem, asked?.field, 'settings');
}

/** The mobile number (R23): which one there is, what changing it takes, and where the new one is typed. */
export function phonePage(visit: DrawnVisit, page: PhonePage): string {
  const { frame } = visit;
  const { asked, proved } = page;
  const error = errorOf(frame, page);
  const main = () => (asked && proved ? form(visit, page, asked, error) : before(frame, page, error));
  return settingsPage(visit, {
    step: 'settings-phone',
    title: frame.t('settings.phone.title'),
    icon: 'phone',
    up: upToOverview(visit),
    failed: error !== undefined,
    scripts: stepScripts({ fields: asked ? [asked.field] : [], waits: error?.wait !== undefined }),
    body: nothingHere(visit, page, error) ?? main(),
  });
}
