import type { HelpTopic } from '../help/topics.ts';
import { html, type Markup } from './markup.ts';
import type { PageFrame } from './page.ts';

/** The list of questions; under it the page of each. */
export const HELP_PATH = '/help';

/**
 * The pages of ours that help may lead back to. A list of what may, because what an address repeats stands in histories:
 * no link of a mail with its token, no request of an application. `from` names a sign-in.
 */
const WAY_BACK =
  /^(?:\/(?:interaction\/([\w-]{1,64})(?:\/[\w-]{1,40}){0,3}|recover(?:\/[\w-]{1,40})?)(?:\?from=([\w-]{1,64}))?|\/account(?:\/[a-z\d-]{1,60}){0,4})$/;

/** A path of ours to come back to; undefined for anything else. */
export function wayBack(path: unknown): string | undefined {
  return typeof path === 'string' && WAY_BACK.test(path) ? path : undefined;
}

/** The sign-in that a way back leads to, by its name in addresses. */
export function signInOf(path: string | undefined): string | undefined {
  const [, uid, from] = WAY_BACK.exec(path ?? '') ?? [];
  return uid ?? from;
}

/** Address of help from this page: it knows the page's language and, where it may, the way back. */
export function helpHref(
  { back, helpBack, locale }: Pick<PageFrame, 'back' | 'helpBack' | 'locale'>,
  topic?: HelpTopic,
): string {
  const from = wayBack(helpBack ?? back);
  const query = new URLSearchParams({ lang: locale, ...(from !== undefined && { back: from }) });
  return `${HELP_PATH}${topic === undefined ? '' : `/${topic}`}?${query}`;
}

function helpLink(frame: PageFrame, topic: HelpTopic): Markup {
  return html`<a id="help-${topic}" href="${helpHref(frame, topic)}">${frame.t(`help.topic.${topic}.title`)}</a>`;
}

/** Straight to the answers that fit a dead end, each called by its question. */
export function helpLinks(frame: PageFrame, topics: readonly HelpTopic[]): Markup {
  return html`<ul class="help-links">${topics.map((topic) => html`<li>${helpLink(frame, topic)}</li>`)}</ul>`;
}
