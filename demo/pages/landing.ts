import type { Words } from '../words/language.ts';
import { type Html, html } from './html.ts';

/** For somebody who is not signed in: what this is, and the one button. `signedOut`: they just left. */
export function drawLanding(words: Words, signedOut: boolean): Html {
  const left = html`<div class="note good" role="status"><p><strong>${words.landing.signedOut}</strong> ${words.landing.signedOutText}</p></div>`;
  return html`<section class="card landing front">
${signedOut ? left : ''}
<h1>${words.landing.title}</h1>
<p class="lead">${words.landing.text}</p>
<a class="button" id="sign-in" href="/login">${words.app.signIn}</a>
<p class="soft">${words.landing.how}</p>
</section>`;
}
