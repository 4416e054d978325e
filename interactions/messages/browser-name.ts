import type { T } from '../i18n.ts';

/** What browsers call themselves, those first that also call themselves another one. */
const BROWSERS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\bEdg(e|A|iOS)?\//, 'Edge'],
  [/\b(OPR|Opera)\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/\bVersion\/[\d.]+ .*Safari\//, 'Safari'],
];

const SYSTEMS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bMacintosh\b/, 'Mac'],
  [/\bLinux\b/, 'Linux'],
];

const nameIn = (names: typeof BROWSERS, text: string) => names.find(([pattern]) => pattern.test(text))?.[1];

/**
 * A browser in words that people know, from its User-Agent header; undefined for one that we can't tell. Names of ours
 * alone come out: the header is whatever a stranger sends.
 */
export function knownBrowserName(t: T, userAgent: string | undefined): string | undefined {
  const text = (userAgent ?? '').slice(0, 500);
  const [browser, system] = [nameIn(BROWSERS, text), nameIn(SYSTEMS, text)];
  if (browser !== undefined && system !== undefined)
    return t('message.notice.browserOn', { browser, system });
  return browser ?? system;
}

/** The same within a sentence, whatever the browser is. */
export function browserName(t: T, userAgent: string | undefined): string {
  return knownBrowserName(t, userAgent) ?? t('message.notice.browserUnknown');
}
