import type { CodeChannel } from '#src/sign-in/factor.ts';
import { textKey } from '../i18n.ts';
import { icon } from './icons.ts';
import { html, type Markup } from './markup.ts';
import type { PageFrame } from './page.ts';

/** A code that is on its way, as pages tell it. */
export interface SentNotice {
  channel: CodeChannel;
  /** Last two digits of the number. */
  ending: string;
  /** It took the place of another one, which no longer works. */
  again: boolean;
  /** Last news of it, where there is any. */
  state?: 'accepted' | 'delivered' | 'failed' | undefined;
  /** Answers `{ state }` as JSON. */
  stateHref: string;
}

const states = ['accepted', 'delivered', 'failed'] as const;

/** Said above the field after a code was asked for again: only the newest one works. */
export function sentAgain({ t }: PageFrame, sent: SentNotice | undefined): Markup | false {
  if (sent?.again !== true) return false;
  return html`<p class="done-note" id="sent-again" role="status">${icon('check')}<span>${t(textKey(`send.again.${sent.channel}`))}</span></p>`;
}

/** One line with the news of a message under way; the script asks for later news. It keeps its place while empty. */
export function deliveryLine({ t }: PageFrame, sent: SentNotice | undefined): Markup | false {
  if (sent === undefined) return false;
  const { channel, state, stateHref } = sent;
  const text = (of: (typeof states)[number]) => t(textKey(`send.state.${channel}.${of}`));
  const texts = states.map((of) => html` data-${of}="${text(of)}"`);
  return html`<p class="delivery" id="delivery" role="status" data-delivery="${stateHref}"${texts}>${state !== undefined && text(state)}</p>`;
}
