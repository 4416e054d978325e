import { type Child, html, type Markup } from '../../views/markup.ts';
import { type DrawnVisit, settingsForm } from '../settings-page.ts';

/** One thing that a person can end. */
export interface EndingRow {
  /** Of the button. */
  id: string;
  label: string;
  lines: readonly (Child | undefined)[];
  /** Where the button posts to, and what. */
  action: string;
  field: readonly [name: string, value: string];
  /** What the button does, in one word; who can't see the page hears the label with it. */
  button: string;
}

/** A row: what it is, what is known of it, and the button that ends it. */
export function endingRow(visit: DrawnVisit, row: EndingRow): Markup {
  const { id, label, lines, action, field, button } = row;
  const [name, value] = field;
  const { t } = visit.frame;
  const shown = lines.filter((line) => line !== undefined && line !== false);
  const form = settingsForm(
    visit,
    { action },
    html`<input type="hidden" name="${name}" value="${value}"><button class="quiet" id="${id}" aria-labelledby="${id} ${id}-label" data-busy="${t('busy.go')}">${button}</button>`,
  );
  return html`<div class="setting ending"><dt id="${id}-label">${label}</dt>
<dd>${shown.map((line) => html`<span>${line}</span>`)}</dd>
<dd class="setting-action">${form}</dd></div>`;
}
