import type { Message } from '#src/message/ports.ts';
import { copyButton } from '../views/button.ts';
import { type IconName, icon } from '../views/icons.ts';
import { html, type Markup } from '../views/markup.ts';
import { type PageFrame, renderPage } from '../views/page.ts';

export interface OutboxPage {
  /** What would have been sent, newest first. */
  messages: readonly Message[];
  /** This page's own address, for the refresh link. */
  refreshHref: string;
}

const icons: Readonly<Record<Message['channel'], IconName>> = {
  sms: 'message',
  voice: 'call',
  email: 'mail',
};

/** The code in a message, as it is typed: 6 digits, or 8 digits or letters in two groups. A voice says each digit by itself. */
function codeIn(text: string): string | undefined {
  const written = /(?<!\d)(?:\d{4} \d{4}|\d{6})(?!\d)|^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/m.exec(
    text,
  )?.[0];
  return written ?? /(?<!\d|\d, )\d(?:, \d){5}(?!\d|, \d)/.exec(text)?.[0].replaceAll(', ', '');
}

/** A text with its addresses to click on, as a mail program shows them. */
function withLinks(text: string): Markup {
  const pieces = text.split(/(https?:\/\/\S+)/);
  return html`${pieces.map((piece, index) => (index % 2 === 0 ? html`${piece}` : html`<a href="${piece}">${piece}</a>`))}`;
}

function messageItem({ t, locale }: PageFrame, message: Message, index: number): Markup {
  const { at, channel, to, subject, text } = message;
  const code = codeIn(text);
  const time = new Intl.DateTimeFormat(locale === 'nl' ? 'nl-NL' : 'en-GB', {
    dateStyle: 'medium',
    timeStyle: 'medium',
    timeZone: 'Europe/Amsterdam',
  }).format(at);
  return html`<li class="message">
<p class="message-head"><span class="badge small">${icon(icons[channel])}</span><strong>${t(`outbox.${channel}`)}</strong> <span>${t('outbox.to', { to })}</span><time datetime="${new Date(at).toISOString()}">${time}</time></p>
${subject !== undefined && html`<h2>${subject}</h2>`}
<p class="message-text">${withLinks(text)}</p>
${code !== undefined && html`<div class="reference"><p><span>${t('outbox.code')}:</span> <strong>${code}</strong></p>${copyButton(t, `copy-code-${index + 1}`, code)}</div>`}
</li>`;
}

/** The trial's outbox: what people would have received. */
export function outboxPage(frame: PageFrame, { messages, refreshHref }: OutboxPage): string {
  const { t } = frame;
  const list =
    messages.length === 0
      ? html`<p class="empty" id="outbox-empty">${icon('mail')}${t('outbox.empty')}</p>`
      : html`<ul class="messages" id="outbox">${messages.map((message, index) => messageItem(frame, message, index))}</ul>`;
  return renderPage(frame, {
    step: 'outbox',
    title: t('outbox.title'),
    wide: true,
    scripts: ['copy'],
    body: html`<p class="lead">${t('outbox.text')} <a id="refresh" href="${refreshHref}">${t('outbox.refresh')}</a></p>
${list}`,
  });
}
