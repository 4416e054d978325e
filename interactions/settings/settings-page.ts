import { ACCOUNT_PATH } from '#src/provider/account-client.ts';
import { textKey } from '../i18n.ts';
import { icon } from '../views/icons.ts';
import { html, type Markup } from '../views/markup.ts';
import { type PageContent, renderPage } from '../views/page.ts';
import type { SettingsVisit } from './visit.ts';

/** What of a visit pages are drawn from. */
export type DrawnVisit = Pick<SettingsVisit, 'frame' | 'stamp' | 'done' | 'resumed'>;

/** A page of the settings: what is its own. */
export interface SettingsPage extends PageContent {
  /** The page it is a part of; undefined on the overview itself. */
  up?: { href: string; label: string } | undefined;
}

/** The way up that most pages have. */
export function upToOverview({ frame }: DrawnVisit): { href: string; label: string } {
  return { href: ACCOUNT_PATH, label: frame.t('settings.title') };
}

/** What was just done, said first and to everybody (WCAG 4.1.3). */
function doneNote({ frame: { t }, done }: DrawnVisit): Markup | false {
  return (
    done !== undefined &&
    html`<p class="done-note" id="done" role="status">${icon('check')}<span>${t(textKey(`settings.done.${done}`))}</span></p>`
  );
}

/** Both steps were asked again in the middle of something: it goes on where it was. */
function resumedNote({ frame: { t }, resumed }: DrawnVisit): Markup | false {
  return resumed && html`<p class="hint" id="resumed" role="status">${t('settings.resumed')}</p>`;
}

/** Draws a page of the settings: the way up, what was just done, and what is the page's own. */
export function settingsPage(visit: DrawnVisit, { up, ...content }: SettingsPage): string {
  const above =
    up !== undefined &&
    html`<p class="up"><a id="up" href="${up.href}">${icon('arrow')}<span>${up.label}</span></a></p>`;
  return renderPage(visit.frame, {
    ...content,
    above,
    body: html`${doneNote(visit)}${resumedNote(visit)}${content.body}`,
  });
}

/** A form of the settings. `className`: how it is drawn, where it is no plain form. */
export function settingsForm(
  { stamp }: Pick<SettingsVisit, 'stamp'>,
  { action, id, className }: { action: string; id?: string; className?: string },
  body: Markup,
): Markup {
  return html`<form method="post" action="${action}"${id !== undefined && html` id="${id}"`}${className !== undefined && html` class="${className}"`} novalidate><input type="hidden" name="stamp" value="${stamp}">
${body}
</form>`;
}
