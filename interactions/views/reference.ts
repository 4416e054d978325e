import { copyButton } from './button.ts';
import { html, type Markup } from './markup.ts';
import type { PageFrame } from './page.ts';

/** The number to mention to the help desk, large and easy to copy (R25). The log has the same number. */
export function referenceBox({ t }: PageFrame, reference: string): Markup {
  return html`<div class="reference"><p><span>${t('reference.label')}:</span> <strong id="reference">${reference}</strong></p>${copyButton(t, 'copy-reference', reference)}</div>`;
}
