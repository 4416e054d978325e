import { createHash } from 'node:crypto';
import type { Locale } from '#src/account/account.ts';
import type { T, TextKey } from '../i18n.ts';
import { html, trusted } from './markup.ts';

/** Nothing but this page: the address of a stylesheet would be asked for at a host that is nobody's just now. */
const STYLE =
  'body{margin:0;font:1.0625rem/1.6 system-ui,sans-serif;color:#1b2733;background:#f2f5f8}' +
  'main{max-width:32rem;margin:12vh auto 0;padding:1.5rem}h1{font-size:1.5rem;line-height:1.3}' +
  // One click or tap takes it whole: this page has no script that could copy it.
  '.number{font-size:1.25rem;font-weight:600;letter-spacing:.05em;user-select:all;-webkit-user-select:all}' +
  '@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0f1a24}}';

/** What the content security policy names this page's style by. */
export const NEUTRAL_STYLE_SOURCE = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;

export interface NeutralError {
  locale: Locale;
  t: T;
  explanation: TextKey;
  reference: string;
}

/** Something failed before it was known whose page this is: no name, no look and no help desk of anybody. */
export function neutralErrorPage({ locale, t, explanation, reference }: NeutralError): string {
  const title = t('error.title');
  const page = html`<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<style>${trusted(STYLE)}</style>
</head>
<body>
<main data-step="error">
<h1>${title}</h1>
<p>${t(explanation)}</p>
<p>${t('error.mention')}</p>
<p>${t('reference.label')} <span class="number" id="reference">${reference}</span></p>
</main>
</body>
</html>
`;
  return page.toString();
}
