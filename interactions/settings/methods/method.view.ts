import { PHONE_KIND } from '#src/message/phone-factor.ts';
import type { KeptMethod } from '#src/settings/methods.ts';
import { isTextKey } from '../../i18n.ts';
import { submitButton } from '../../views/button.ts';
import { hiddenFields } from '../../views/choice.ts';
import { textField } from '../../views/form.ts';
import { icon, methodIconName } from '../../views/icons.ts';
import { html, type Markup } from '../../views/markup.ts';
import { addPath, METHODS_PATH, methodPath, PHONE_PATH } from '../paths.ts';
import { type DrawnVisit, settingsForm, settingsPage } from '../settings-page.ts';
import { methodDays } from './list.view.ts';
import { ownName } from './own-name.ts';

export interface MethodPage {
  method: KeptMethod;
  /** A name that was typed and is not saved yet. */
  typedLabel: string | undefined;
  /** The person has no other one: there is no order. */
  alone: boolean;
}

const upToMethods = ({ frame: { t } }: DrawnVisit) => ({
  href: METHODS_PATH,
  label: t('settings.methods.title'),
});

function naming(visit: DrawnVisit, { method, typedLabel }: MethodPage): Markup {
  const { t } = visit.frame;
  const field = textField({
    id: 'label',
    name: 'label',
    type: 'text',
    label: t('settings.methods.name'),
    hint: t('settings.methods.nameHint'),
    value: typedLabel ?? method.label,
    extra: html`maxlength="60" autocomplete="off"`,
  });
  const save = submitButton(t, {
    ...{ id: 'save', label: t('settings.methods.saveName'), busy: t('busy.save'), equal: true },
  });
  return settingsForm(visit, { action: `${methodPath(method.id)}/name` }, html`${field}\n${save}`);
}

function first(visit: DrawnVisit, { method, alone }: MethodPage): Markup | false {
  const { t } = visit.frame;
  if (alone) return false;
  if (method.preferred) return html`<p>${t('settings.methods.isChosen')}</p>`;
  const ask = html`<button class="secondary" id="ask-first" data-busy="${t('busy.save')}">${t('settings.methods.askFirst')}</button>`;
  return html`<p>${t(method.first ? 'settings.methods.isFirst' : 'settings.methods.notFirst')}</p>
${settingsForm(visit, { action: `${methodPath(method.id)}/first` }, ask)}`;
}

/* A number is changed where it is proved twice: by the old one, and by the new one (R23). */
function replacing(visit: DrawnVisit, { id, kind, page }: KeptMethod): Markup | false {
  const { t } = visit.frame;
  const own = `settings.methods.replace.${kind}`;
  const label = t(isTextKey(own) ? own : 'settings.methods.replaceOther');
  if (kind === PHONE_KIND) {
    return html`<p><a class="secondary" id="replace" href="${PHONE_PATH}">${label}</a></p>`;
  }
  if (page === undefined) return html`<p>${t('settings.methods.notAllowed')}</p>`;
  const button = html`<button class="secondary" id="replace" data-busy="${t('busy.go')}">${label}</button>`;
  return html`<p>${t('settings.methods.replaceText')}</p>
${settingsForm(visit, { action: `${addPath(page)}/begin` }, html`${hiddenFields([{ name: 'replace', value: id }])}${button}`)}`;
}

/** One way of a person: its name, whether it is asked first, another one in its place, and the way to remove it. */
export function methodPage(visit: DrawnVisit, page: MethodPage): string {
  const { frame } = visit;
  const { t } = frame;
  const { method } = page;
  const days = methodDays(frame, method).map((line) => html`<li>${line}</li>`);
  const order = first(visit, page);
  return settingsPage(visit, {
    step: 'settings-method',
    method: method.kind,
    title: ownName(frame, method),
    icon: methodIconName(method.icon),
    up: upToMethods(visit),
    wide: true,
    scripts: ['busy-button'],
    body: html`<div class="own-method"><ul class="days">${days}</ul>
<section aria-labelledby="naming"><h2 id="naming">${t('settings.methods.naming')}</h2>${naming(visit, page)}</section>
${order && html`<section aria-labelledby="order"><h2 id="order">${t('settings.methods.order')}</h2>${order}</section>`}
<section aria-labelledby="replacing"><h2 id="replacing">${t('settings.methods.replacing')}</h2>${replacing(visit, method)}</section>
<section aria-labelledby="removing"><h2 id="removing">${t('settings.methods.removing')}</h2>
<p>${t('settings.methods.removeText')}</p>
<p><a class="secondary" id="to-remove" href="${methodPath(method.id)}/remove">${t('settings.methods.remove')}</a></p></section></div>`,
  });
}

/** Why a method can't go, and what to do first. */
function kept(visit: DrawnVisit, { removable, kind }: KeptMethod): Markup {
  const { t } = visit.frame;
  const why = removable === 'required' ? 'settings.methods.keptRequired' : 'settings.methods.keptLast';
  const phone =
    kind === PHONE_KIND &&
    html`<p><a class="secondary" id="replace" href="${PHONE_PATH}">${t('settings.methods.replace.sms')}</a></p>`;
  return html`<div class="alert" role="alert" id="error-summary" tabindex="-1" autofocus>${icon('alert')}<p>${t(why)}</p></div>
<p><a class="primary" id="add-first" href="${METHODS_PATH}#add">${t('settings.methods.addFirst')}</a></p>${phone}`;
}

/** Asks once more before a method goes; where it may not, says why and what to do first. */
export function removePage(visit: DrawnVisit, method: KeptMethod): string {
  const { frame } = visit;
  const { t } = frame;
  const name = ownName(frame, method);
  const stays = method.removable !== 'yes';
  const back = html`<p class="ways-out"><a id="keep" href="${methodPath(method.id)}">${t(stays ? 'settings.methods.backToMethod' : 'settings.methods.keep')}</a></p>`;
  const button = submitButton(t, {
    ...{ id: 'remove', label: t('settings.methods.removeNow'), busy: t('busy.go') },
  });
  const sure = html`<p class="lead">${t('settings.methods.removeSure', { name })}</p>
${settingsForm(visit, { action: `${methodPath(method.id)}/remove` }, button)}`;
  return settingsPage(visit, {
    step: 'settings-method-remove',
    method: method.kind,
    title: t('settings.methods.removeTitle'),
    icon: methodIconName(method.icon),
    failed: stays,
    up: upToMethods(visit),
    scripts: ['busy-button'],
    body: html`<div class="own-method">${stays ? kept(visit, method) : sure}</div>
${back}`,
  });
}
