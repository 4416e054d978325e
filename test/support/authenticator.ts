import assert from 'node:assert/strict';
import { Secret, TOTP } from 'otpauth';
import type { Answer } from './browser.ts';

/** An authenticator app: shows the code of a base 32 key. `at` in milliseconds since the epoch. */
export function codeOf(key: string, at: number = Date.now()): string {
  return new TOTP({ secret: Secret.fromBase32(key.replaceAll(/\s/g, '')) }).generate({ timestamp: at });
}

/** The key that a set-up page shows for typing, as the person would copy it. */
export function keyOn(page: Answer): string {
  const shown = /id="setup-key"[^>]*>(.*?)<\/p>/s.exec(page.body)?.[1] ?? '';
  const key = [...shown.matchAll(/>([A-Z2-7]{1,4})</g)].map(([, group]) => group).join('');
  assert.ok(key, `no key on the page of step ${page.step}`);
  return key;
}

/** The key in what a method keeps. */
export function keyIn(data: string): string {
  const key = /[A-Z2-7]{32}/.exec(data)?.[0];
  assert.ok(key, 'no key in the data of the app');
  return key;
}
