import { html, type Markup } from '../views/markup.ts';
import type { SettingsVisit } from './visit.ts';

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
