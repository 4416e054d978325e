import type { Visitor } from '../http/visitor.ts';
import { identityOf } from '../identity.ts';
import { fill } from '../words/language.ts';
import { type Html, html } from './html.ts';

/** Signed in, but nothing to see (R26): plainly not a failed sign-in. */
export function drawNoAccess({ words, session }: Visitor, panel: Html): Html {
  const name = session === undefined ? '' : identityOf(session.signedIn).name;
  return html`<div class="heading"><h1>${fill(words.noAccess.title, { name })}</h1></div>
<div class="split">
<section class="card notice-card"><p class="lead">${words.noAccess.text}</p><p class="soft">${words.noAccess.more}</p></section>
${panel}
</div>`;
}
