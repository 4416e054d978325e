import type { Words } from '../words/language.ts';
import { type Html, html } from './html.ts';

/** Short explanations that open in place. */
export function drawManuals(words: Words): Html {
  const items = Object.entries(words.manuals.items).map(
    ([key, { title, steps }], index) => html`<details class="card manual"${index === 0 ? html` open` : ''}>
<summary id="manual-${key}"><h2>${title}</h2></summary>
<ol>${steps.map((step) => html`<li>${step}</li>`)}</ol>
</details>`,
  );
  return html`<div class="heading"><h1>${words.manuals.title}</h1><p class="soft">${words.manuals.text}</p></div>
<div class="stack">${items}</div>`;
}
