import type { T } from '../i18n.ts';
import { icon } from './icons.ts';
import { html, type Markup } from './markup.ts';

/** The one button that leads on. `busy` is what it says while the answer is under way. */
export interface SubmitButton {
  id: string;
  label: string;
  busy: string;
  /** Seconds until it may be pressed; counted down on the button itself where scripts run. */
  wait?: number | undefined;
  /** What the press posts, where a form has several buttons. */
  name?: string | undefined;
  value?: string | undefined;
  /** Drawn as one of several equal ways instead of as the page's one way on. */
  equal?: boolean | undefined;
}

/** The page's primary button. It always works without script; script only keeps a second press away. */
export function submitButton(t: T, { id, label, busy, wait, name, value, equal }: SubmitButton): Markup {
  const countdown =
    wait !== undefined &&
    html` data-wait="${Math.ceil(wait)}" data-waiting="${t('wait.button', { time: '{time}' })}" data-done="${t('wait.done')}"`;
  const posts = name !== undefined && html` name="${name}" value="${value}"`;
  return html`<button class="${equal ? 'secondary' : 'primary'}" id="${id}"${posts} data-busy="${busy}"${countdown}>${label}</button>`;
}

/** A link that is the page's way on, drawn as its primary button. */
export function primaryLink(id: string, href: string, label: string): Markup {
  return html`<a class="primary" id="${id}" href="${href}">${label}</a>`;
}

/**
 * A way out that changes something: a form of its own with a quiet button. `from` is the step that it leads away from:
 * a second press, which comes to the next one, is then known for what it is. `look`: where it is one of the page's
 * answers, it is drawn as a button. `carried`: what it posts beside, unseen.
 */
export function quietForm(
  id: string,
  action: string,
  label: string,
  from?: string,
  look: 'quiet' | 'quiet soft' | 'secondary' = 'quiet',
  carried?: Markup | undefined,
): Markup {
  const leaves = from !== undefined && html`<input type="hidden" name="from" value="${from}">`;
  return html`<form class="quiet-form" method="post" action="${action}">${carried}${leaves}<button class="${look}" id="${id}">${label}</button></form>`;
}

/** The way out that throws away what was done so far: last on every page, and never as loud as the others. */
export function startOverForm(t: T, action: string): Markup {
  return quietForm('start-over', action, t('action.startOver'), undefined, 'quiet soft');
}

/**
 * A button that copies a text; only visible where script can do it. Both its words stand in one place, so that it
 * keeps its width; the change is also said to who can't see it.
 */
export function copyButton(t: T, id: string, text: string): Markup {
  const copied = t('action.copied');
  return html`<span><button type="button" class="copy" id="${id}" data-copy="${text}">${icon('copy')}<span class="words"><span>${t('action.copy')}</span><span>${copied}</span></span></button><span class="unseen" role="status" data-copied="${copied}"></span></span>`;
}
