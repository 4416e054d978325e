import { html, type Markup } from './markup.ts';

/* A hyphen with what it joins: `g-n` of `ring-naam`, `a-b-c` where single letters are joined. */
const JOINED = /([^-]?(?:-+[^-]?)+)/;

function unbroken(piece: string): Markup {
  const parts = piece.split(JOINED);
  return html`${parts.map((part, index) => (index % 2 === 0 ? part : html`<span>${part}</span>`))}`;
}

/**
 * An e-mail address to be read and compared: where it does not fit on a line it goes on behind the @ or a dot, never
 * behind a hyphen inside a word. Its text stays what it is, to be copied and searched.
 */
export function mailAddress(address: string): Markup {
  const pieces = address.split(/(?<=[@.])/);
  return html`<strong class="address">${pieces.map((piece, index) => html`${index > 0 && html`<wbr>`}${unbroken(piece)}`)}</strong>`;
}
