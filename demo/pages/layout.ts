import type { Visitor } from '../http/visitor.ts';
import { identityOf } from '../identity.ts';
import { LANGUAGES, WORDS } from '../words/language.ts';
import { type Html, html } from './html.ts';

/** Pages with a place in the menu; settings may be elsewhere, at the provider. */
export const MENU = [
  { key: 'absence', path: '/' },
  { key: 'employees', path: '/employees' },
  { key: 'tasks', path: '/tasks' },
  { key: 'manuals', path: '/manuals' },
  { key: 'settings', path: '/settings' },
] as const;

/** Names of the pages, as `data-step` on <main>: the same in every language. */
export type Step =
  | 'home'
  | 'overview'
  | 'employees'
  | 'tasks'
  | 'manuals'
  | 'settings'
  | 'no-access'
  | 'trouble'
  | 'signed-out';

/** Everything around the content. `path` is the page itself, for the menu and for the way back. */
export interface Page {
  visitor: Visitor;
  path: string;
  step: Step;
  title: string;
  body: Html;
}

/** What stays the same for every page. */
export interface Shell {
  /** Address of the stylesheet, with its version in it. */
  stylesheet: string;
  icon: string;
  /** The provider's page for one's own account (`account_management_uri`), once known. */
  accountPage(): string | undefined;
}

/** Draws a whole page. */
export function drawPage(shell: Shell, page: Page): Html {
  const { visitor, path, step, title, body } = page;
  const { language, words } = visitor;
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} – ${words.app.name}</title>
<link rel="icon" href="${shell.icon}" type="image/svg+xml">
<link rel="stylesheet" href="${shell.stylesheet}">
</head>
<body>
<a class="skip" id="skip" href="#content">${words.app.skip}</a>
<header class="top">
<div class="wide top-row">
<a class="brand" id="brand" href="/">${mark()}<span>${words.app.name}</span></a>
${account(visitor)}
</div>
</header>
${visitor.session === undefined ? '' : menu(shell, visitor, path)}
<main data-step="${step}" id="content" class="wide" tabindex="-1">
${body}
</main>
<footer class="wide bottom"><p>${words.app.footer}</p>${languageSwitch(visitor, path)}</footer>
</body>
</html>`;
}

/** The application's sign: a service window with its counter. */
function mark(): Html {
  return html`<svg class="mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false"><rect class="mark-field" width="32" height="32" rx="8"/><path class="mark-line" d="M9 22v-6.5a7 7 0 0 1 14 0V22M6 22.5h20M13 22v-4h6v4"/></svg>`;
}

function languageSwitch({ language, words }: Visitor, path: string): Html {
  const choices = LANGUAGES.map((other) => {
    const here = other === language ? html` aria-current="true"` : '';
    return html`<button id="language-${other}" name="language" value="${other}" lang="${other}"${here}>${WORDS[other].app.language}</button>`;
  });
  return html`<form class="languages" method="post" action="/language" aria-label="${words.app.languages}">
<input type="hidden" id="return-to" name="returnTo" value="${path}">
${choices}
</form>`;
}

function account({ session, words }: Visitor): Html | '' {
  if (session === undefined) return '';
  const identity = identityOf(session.signedIn);
  return html`<div class="top-actions"><span class="who-short">${identity.name}</span>
<form method="post" action="/logout/provider"><button class="quiet on-top" id="sign-out">${words.app.signOut}</button></form></div>`;
}

function menu(shell: Shell, { words }: Visitor, path: string): Html {
  const items = MENU.map((item) => {
    const target = item.key === 'settings' ? (shell.accountPage() ?? item.path) : item.path;
    const here = item.path === path ? html` aria-current="page"` : '';
    return html`<li><a id="menu-${item.key}" href="${target}"${here}>${words.menu[item.key]}</a></li>`;
  });
  return html`<nav class="menu" aria-label="${words.app.menu}"><ul class="wide">${items}</ul></nav>`;
}
