import { type IconName, icon } from '../views/icons.ts';
import { type Child, html, type Markup } from '../views/markup.ts';

/** One thing that a person can look at or change. */
export interface SettingRow {
  /** Of the link. */
  id: string;
  label: string;
  /** Beside the label. */
  icon?: IconName | undefined;
  /** How it stands; each on a line of its own. */
  lines: readonly Child[];
  href: string;
  /** What the link does, in one word; who can't see the page hears the label with it. */
  action: string;
  /** Something is to be done here. */
  urgent?: boolean | undefined;
}

/** A row: what it is, how it stands, and the way to change it. */
export function settingRow({ id, label, icon: picture, lines, href, action, urgent }: SettingRow): Markup {
  return html`<div class="setting${urgent && ' urgent'}"><dt id="${id}-label">${picture && icon(picture)}${label}</dt>
<dd>${lines.map((line) => html`<span>${line}</span>`)}</dd>
<dd class="setting-action"><a id="${id}" href="${href}">${action}<span class="unseen"> ${label}</span></a></dd></div>`;
}

/** Rows under one heading. */
export function settingGroup(id: string, title: string, rows: readonly Child[]): Markup {
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
<dl class="settings">${rows}</dl></section>`;
}
