import { helpDeskContact } from '../views/help-desk.ts';
import { html, type Markup } from '../views/markup.ts';
import type { PageFrame } from '../views/page.ts';
import { richText } from '../views/rich-text.ts';
import type { RecoveryPlace } from './place.ts';

/** The way back to the sign-in, last on every page of recovery. */
export function backToSignIn({ t }: PageFrame, { signInHref }: RecoveryPlace): Markup {
  return html`<p class="ways-out"><a id="back" href="${signInHref}">${t('recover.back')}</a></p>`;
}

/** A sentence that ends at the help desk. */
export function helpSentence(
  frame: PageFrame,
  key:
    | 'recover.elseEmail'
    | 'recover.waitElse'
    | 'recover.sent.help'
    | 'recover.dead.invitation'
    | 'recover.question.help'
    | 'notMe.done.help'
    | 'notMe.held.help',
): Markup {
  return html`<p class="help-text">${richText(frame.t, key, { contact: helpDeskContact(frame) })}</p>`;
}
