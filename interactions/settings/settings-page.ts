import { ACCOUNT_PATH } from '#src/provider/account-client.ts';
import { textKey } from '../i18n.ts';
import { icon } from '../views/icons.ts';
import { html, type Markup } from '../views/markup.ts';
import { type PageContent, renderPage } from '../views/page.ts';
import { sharedBar } from './shared-bar.ts';
import type { SettingsVisit } from './visit.ts';

export { settingsForm } from './settings-form.ts';

/** What of a visit pages are drawn from. */
export type DrawnVisit = Pick<SettingsVisit, 'frame' | 'stamp' | 'done' | 'resumed' | 'shared'>;

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

/** Draws a page of the settings: whose computer it is, the way up, what was just done, and what is the page's own. */
export function settingsPage(visit: DrawnVisit, { up, ...content }: SettingsPage): string {
  const wayUp =
    up !== undefined &&
    html`<p class="up"><a id="up" href="${up.href}">${icon('arrow')}<span>${up.label}</span></a></p>`;
  return renderPage(visit.frame, {
    ...content,
    above: html`${sharedBar(visit)}${wayUp}`,
    body: html`${doneNote(visit)}${resumedNote(visit)}${content.body}`,
  });
}
