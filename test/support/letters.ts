import assert from 'node:assert/strict';
import type { Installation } from './installation.ts';

/** The newest message to a number or address. */
export function newestTo({ outbox }: Pick<Installation, 'outbox'>, to: string): string {
  const message = outbox.messages().find((candidate) => candidate.to === to);
  assert.ok(message, `nothing was sent to ${to}`);
  return message.text;
}

/** The six digits in a message. */
export function codeIn(text: string): string {
  const code = /(?<!\d)\d{6}(?!\d)/.exec(text)?.[0] ?? /(?:\d, ){5}\d/.exec(text)?.[0].replaceAll(', ', '');
  assert.ok(code, `no code in: ${text}`);
  return code;
}
