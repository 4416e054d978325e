import type { KeptMethod, MethodsFacts } from '#src/settings/methods.ts';
import { isTextKey, textKey } from '../../i18n.ts';
import { choiceForm } from '../../views/choice.ts';
import { icon, methodIconName } from '../../views/icons.ts';
import { html, type Markup } from '../../views/markup.ts';
import { dayInWords } from '../../views/moment.ts';
import type { PageFrame } from '../../views/page.ts';
import { richText } from '../../views/rich-text.ts';
import type { DoneKey } from '../done.ts';
import { addPath, METHODS_PATH, methodPath, SESSIONS_PATH } from '../paths.ts';
import { type SettingRow, settingRow } from '../setting-row.ts';
import { type DrawnVisit, settingsForm, settingsPage, upToOverview } from '../settings-page.ts';
import { ownName } from './own-name.ts';

export interface MethodsPage {
  facts: MethodsFacts;
  /** Icon of a kind of method. */
  iconOf(kind: string): string;
}

/** After these somebody may want to be signed out elsewhere (ASVS 7.4.3). */
const CHANGES: ReadonlySet<DoneKey | undefined> = new Set([
  'method-added',
  'method-removed',
  'method-replaced',
] as const);

/** When a method was set up and last used. */
export function methodDays({ t, locale }: PageFrame, { setUpAt, lastUsedAt }: KeptMethod): string[] {
  const used = lastUsedAt === undefined ? [] : [lastUsedAt];
  return [
    t('settings.methods.setUpOn', { day: dayInWords(setUpAt, locale) }),
    ...used.map((at) => t('settings.methods.usedOn', { day: dayInWords(at, locale) })),
  ];
}

function row(frame: PageFrame, method: KeptMethod, alone: boolean): SettingRow {
  const { t } = frame;
  return {
    id: `method-${method.id}`,
    icon: methodIconName(method.icon),
    label: ownName(frame, method),
    lines: [...(method.first && !alone ? [t('settings.methods.first')] : []), ...methodDays(frame, method)],
    href: methodPath(method.id),
    action: t('settings.change'),
  };
}

/** One way left: said first, with what to do about it. */
function warning({ t }: PageFrame, { oneWayLeft }: MethodsFacts): Markup | false {
  return (
    oneWayLeft &&
    html`<div class="notice warn" id="one-way-left">${icon('alert')}<p>${t('settings.methods.oneWayLeft')}</p></div>`
  );
}

function order(visit: DrawnVisit, { ordered, methods }: MethodsFacts): Markup | false {
  const { t } = visit.frame;
  if (methods.length < 2) return false;
  if (!ordered) return html`<p class="hint">${t('settings.methods.lastUsedFirst')}</p>`;
  const button = html`<button class="quiet" id="last-used-first">${t('settings.methods.useLast')}</button>`;
  return html`<p class="hint">${t('settings.methods.chosenFirst')}</p>
${settingsForm(visit, { action: `${METHODS_PATH}/order`, className: 'quiet-form' }, button)}`;
}

function adding(visit: DrawnVisit, { facts, iconOf }: MethodsPage): Markup {
  const { frame, stamp } = visit;
  const { t } = frame;
  const { pages, most } = facts;
  const heading = html`<h2 id="add">${t('settings.methods.add')}</h2>`;
  if (most !== undefined) {
    return html`<section aria-labelledby="add">${heading}<p id="most-methods">${t('settings.methods.most', { count: most })}</p></section>`;
  }
  const choices = pages.flatMap(({ page, kinds: [kind] }) => {
    if (kind === undefined) return [];
    const note = `factor.${kind}.chooseHint`;
    return [
      choiceForm(frame, {
        ...{ id: `add-${page}`, action: `${addPath(page)}/begin`, icon: methodIconName(iconOf(kind)) },
        label: t(textKey(`factor.${kind}.name`)),
        note: isTextKey(note) ? t(note) : undefined,
        hidden: { name: 'stamp', value: stamp },
      }),
    ];
  });
  return html`<section aria-labelledby="add">${heading}<div class="choices">${choices}</div></section>`;
}

/** What follows a change: where else one is signed in. */
function elsewhere({ frame: { t }, done }: DrawnVisit): Markup | false {
  if (!CHANGES.has(done)) return false;
  const link = html`<a id="see-sessions" href="${SESSIONS_PATH}">${t('settings.methods.seeSessions')}</a>`;
  return html`<p id="signed-in-elsewhere">${richText(t, 'settings.methods.signedInElsewhere', { link })}</p>`;
}

/** Every way of a person to give the second step, and the ways to have more (R14). */
export function methodsPage(visit: DrawnVisit, page: MethodsPage): string {
  const { frame } = visit;
  const { t } = frame;
  const { facts } = page;
  const rows = facts.methods.map((method) => settingRow(row(frame, method, facts.methods.length === 1)));
  return settingsPage(visit, {
    step: 'settings-methods',
    title: t('settings.methods.title'),
    up: upToOverview(visit),
    wide: true,
    scripts: ['busy-button'],
    body: html`${elsewhere(visit)}<p class="lead">${t('settings.methods.lead')}</p>
${warning(frame, facts)}
<dl class="settings" id="methods">${rows}</dl>
${order(visit, facts)}
${adding(visit, page)}`,
  });
}
