import type { TenantSettings } from '#config/tenant.ts';
import type { Locale } from '#src/account/account.ts';
import type { AssetPaths, ScriptName } from '../http/assets.ts';
import { languageName, locales, type T } from '../i18n.ts';
import { helpLine } from './help-desk.ts';
import { type IconName, icon } from './icons.ts';
import { type Child, html, type Markup } from './markup.ts';
import { themePath } from './theme.ts';

/** What every page of one request has in common. */
export interface PageFrame {
  tenant: TenantSettings;
  locale: Locale;
  t: T;
  /** Where the language switch posts `locale` and `back`. */
  languageAction: string;
  /** Path of this page, to come back to after the switch. */
  back: string;
  /** On a page of help: where the person came from, when that can be come back to. */
  helpBack?: string | undefined;
  assets: AssetPaths;
}

/** Step n of m, counted from 1. */
export interface Progress {
  n: number;
  m: number;
}

/** One page: what is its own. */
export interface PageContent {
  /** Name of the step, as `data-step` on <main>. */
  step: string;
  /** Kind of the second-step method that the page asks for, as `data-method` on <main>. */
  method?: string | undefined;
  /** What the page is for: its heading and the window's title. */
  title: string;
  body: Markup;
  icon?: IconName | undefined;
  /** What this page is a part of, said in small letters above its heading. */
  eyebrow?: string | undefined;
  /** Whether something must be put right: the window's title then says so first, for who can't see the page. */
  failed?: boolean | undefined;
  progress?: Progress | undefined;
  /** What stands first on the card: the way up. */
  above?: Child;
  wide?: boolean | undefined;
  scripts?: readonly ScriptName[] | undefined;
}

function progressBar({ t }: PageFrame, { n, m }: Progress): Markup {
  const segments = Array.from({ length: m }, (_, index) =>
    index < n ? html`<i class="done"></i>` : html`<i></i>`,
  );
  return html`<div class="progress"><p>${t('progress', { n, m })}</p><div aria-hidden="true">${segments}</div></div>`;
}

function languageSwitch({ t, locale, languageAction, back }: PageFrame): Markup {
  const buttons = locales.map(
    (other) =>
      html`<button id="language-${other}" name="locale" value="${other}" lang="${other}"${other === locale && html` aria-current="true"`}>${languageName(other)}</button>`,
  );
  return html`<form class="languages" method="post" action="${languageAction}" aria-label="${t('language.choose')}"><input type="hidden" name="back" value="${back}">${buttons}</form>`;
}

function head(frame: PageFrame, { title, failed, scripts = [] }: PageContent): Markup {
  const { t, tenant, assets } = frame;
  const shown = failed ? t('page.errorTitle', { title }) : title;
  const theme = themePath(tenant.theme);
  return html`<meta charset="utf-8">
<title>${t('page.title', { title: shown, product: tenant.productName })}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${assets.style}">
${theme !== undefined && html`<link rel="stylesheet" href="${theme}">\n`}${scripts.map((name) => html`<script type="module" src="${assets.scripts[name]}"></script>\n`)}`;
}

/**
 * A whole page: the product's name in large light letters on the backdrop, one card (R3), and under it the
 * language switch and the help desk. Every value is escaped.
 */
export function renderPage(frame: PageFrame, content: PageContent): string {
  const { step, method, title, eyebrow, body, progress, wide } = content;
  const page = html`<!doctype html>
<html lang="${frame.locale}">
<head>
${head(frame, content)}</head>
<body>
<header><p class="product">${frame.tenant.productName}</p></header>
<main data-step="${step}"${method !== undefined && html` data-method="${method}"`}${wide && html` class="wide"`}>
${content.above}${progress && progressBar(frame, progress)}
${content.icon && html`<span class="badge">${icon(content.icon)}</span>`}
${eyebrow !== undefined && html`<p class="eyebrow">${eyebrow}</p>`}
<h1>${title}</h1>
${body}
</main>
<footer>${helpLine(frame)}${languageSwitch(frame)}</footer>
</body>
</html>
`;
  return page.toString();
}
