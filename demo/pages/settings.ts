import type { Words } from '../words/language.ts';
import { type Html, html } from './html.ts';

/** Stands in where the provider names no page for one's own account, or can't be asked for it. */
export function drawSettings(words: Words): Html {
  return html`<div class="heading"><h1>${words.settings.title}</h1></div>
<section class="card"><p>${words.settings.text}</p></section>`;
}
