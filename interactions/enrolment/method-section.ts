import type { CodeChannel, FieldSpec, SetUpBlock } from '#src/sign-in/factor.ts';
import { isTextKey, textKey } from '../i18n.ts';
import { submitButton } from '../views/button.ts';
import { countryHelp } from '../views/country-help.ts';
import { type FormError, textField } from '../views/form.ts';
import { icon, methodIconName } from '../views/icons.ts';
import { html, type Markup, nothing } from '../views/markup.ts';
import { methodField } from '../views/method-field.ts';
import type { PageFrame } from '../views/page.ts';
import { setUpBlocks } from '../views/set-up-blocks.ts';

/** One method on its page. */
export interface EnrolMethod {
  kind: string;
  icon: string;
  field: FieldSpec;
  /** What the method shows for this person. */
  blocks: readonly SetUpBlock[];
  /** `request`: it asks where to send a code; `prove`: it asks for the proof. */
  stage: 'request' | 'prove';
  /** Ways in which a code can be sent, the usual one first. */
  channels: readonly CodeChannel[];
  /** How many of this kind the person has already. */
  owned: number;
}

/** What the section needs from its page. */
export interface SectionParts {
  action: string;
  error: FormError | undefined;
  /** Seconds until any form of the page may be sent. */
  wait: number | undefined;
  optionsAction: string;
  explanationHref: string;
  typedLabel: string | undefined;
  /** Several methods share the page: each then has its name above it, and its button looks equal to the others'. */
  shared: boolean;
  /** The page's own heading names it already. */
  named: boolean;
  /** Another way stands above it. */
  after: boolean;
  /** Whether who does not have it may go past. */
  skippable: boolean;
  /** What every form of the page posts beside, unseen. */
  carried: Markup | undefined;
}

function ownText({ t }: PageFrame, kind: string, name: string): string | undefined {
  const key = `factor.${kind}.${name}`;
  return isTextKey(key) ? t(key) : undefined;
}

function ownedNote({ t }: PageFrame, owned: number): Markup | false {
  if (owned === 0) return false;
  return html`<p class="done-note">${icon('check')}<span>${owned === 1 ? t('enrol.ownedOne') : t('enrol.ownedMany', { n: owned })}</span></p>`;
}

/* A phone number is asked with the reason at hand and the countries under it (R10). */
function fieldOf(frame: PageFrame, method: EnrolMethod, parts: SectionParts): Markup {
  const { kind, field, stage } = method;
  const asksPhone = field.type === 'text' && field.name === 'phone';
  return methodField(frame, kind, field, {
    error: parts.error,
    autofocus: stage === 'prove' && method.channels.length > 0,
    note: asksPhone ? explanationLink(frame, parts.explanationHref) : undefined,
    below: asksPhone ? countryHelp(frame) : undefined,
    optionsAction: parts.optionsAction,
    purpose: 'set-up',
  });
}

/** The link to why and how, in plain words (R7, R10). */
export function explanationLink({ t }: PageFrame, href: string): Markup {
  return html`<a id="explanation" href="${href}">${t('enrol.explanation')}</a>`;
}

/* A method with something to scan or type is set up in numbered steps, the field being the last. */
function steps(frame: PageFrame, method: EnrolMethod, field: Markup): Markup {
  const { kind, blocks } = method;
  const own = (name: string) => ownText(frame, kind, `setUp.${name}`);
  const more = own('prepareMore');
  return html`<ol class="steps">
<li><p>${own('prepare')}</p>
${more !== undefined && html`<details><summary id="no-app">${more}</summary><p>${own('prepareMoreText')}</p></details>`}</li>
<li>${shown(own('show'), own('showOnTouch'))}
${setUpBlocks(frame, kind, blocks)}</li>
<li>${field}</li>
</ol>`;
}

/* On a phone the page itself can open the app; there a sentence of its own says so. */
function shown(text: string | undefined, onTouch: string | undefined): Markup {
  if (onTouch === undefined) return html`<p>${text}</p>`;
  return html`<p class="off-touch">${text}</p><p class="on-touch">${onTouch}</p>`;
}

function naming(frame: PageFrame, kind: string, typed: string | undefined): Markup {
  const { t } = frame;
  const field = textField({
    id: `label-${kind}`,
    name: 'label',
    type: 'text',
    label: t('enrol.name'),
    hint: t('enrol.nameHint'),
    value: typed,
    extra: html`maxlength="60" autocomplete="off"`,
  });
  return html`<details class="naming"${typed !== undefined && typed !== '' && html` open`}><summary id="naming-${kind}">${t('enrol.nameSummary')}</summary>${field}</details>`;
}

/** The buttons that send the first code, one for each way it can take; they post `channel`. */
export function channelButtons(
  { t }: PageFrame,
  channels: readonly CodeChannel[],
  wait: number | undefined,
): Markup {
  const [usual = 'sms', ...others] = channels;
  const main = submitButton(t, {
    id: 'continue',
    label: t(textKey(`send.first.${usual}`)),
    busy: t('busy.send'),
    wait,
    name: 'channel',
    value: usual,
  });
  const quiet = others.map(
    (channel) =>
      html`<button class="secondary" id="${channel === 'voice' ? 'call-me' : 'text-me'}" name="channel" value="${channel}">${t(textKey(`send.${channel === 'sms' ? 'first.sms' : channel}`))}</button>`,
  );
  return html`${main}${quiet}`;
}

function buttons(frame: PageFrame, method: EnrolMethod, { wait, shared }: SectionParts): Markup {
  const { t } = frame;
  if (method.field.type === 'passkey') return nothing;
  if (method.stage === 'request') return channelButtons(frame, method.channels, wait);
  return submitButton(t, {
    id: 'continue',
    label: t('action.continue'),
    busy: t('busy.check'),
    wait,
    equal: shared,
  });
}

/** What a method is called while it is set up. */
export function methodName(frame: PageFrame, kind: string): string {
  return frame.t(textKey(`factor.${kind}.name`));
}

function heading(frame: PageFrame, { kind, icon: name }: EnrolMethod): Markup {
  return html`<div class="method"><span class="badge small">${icon(methodIconName(name))}</span><h2>${methodName(frame, kind)}</h2></div>`;
}

/* Names are for telling several apart; a number tells itself by its last digits. */
const takesName = ({ stage, channels }: EnrolMethod) => stage === 'prove' && channels.length === 0;

/** One method's own form: what it is, what to do, its field and its button. It posts `method` with what was typed. */
export function methodSection(frame: PageFrame, method: EnrolMethod, parts: SectionParts): Markup {
  const { kind, blocks, owned, stage } = method;
  const first = ownText(frame, kind, 'setUp.intro');
  const intro = (parts.after ? ownText(frame, kind, 'setUp.introAfter') : undefined) ?? first;
  const none = parts.skippable && ownText(frame, kind, 'setUp.none');
  const field = fieldOf(frame, method, parts);
  const or = parts.after && html`<p class="or"><span>${frame.t('enrol.or')}</span></p>`;
  return html`${or}<section class="way">
${!parts.named && heading(frame, method)}
${ownedNote(frame, owned)}
${stage === 'prove' && intro !== undefined && html`<p class="way-intro">${intro} ${none}</p>`}
<form method="post" action="${parts.action}" novalidate>
${parts.carried}<input type="hidden" name="method" value="${kind}">
${blocks.length > 0 ? steps(frame, method, field) : field}
${buttons(frame, method, parts)}
${takesName(method) && naming(frame, kind, parts.typedLabel)}
</form></section>`;
}
