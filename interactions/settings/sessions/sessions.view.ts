import type { KnownBrowser, OpenSession, Whereabouts } from '#src/settings/whereabouts.ts';
import { knownBrowserName } from '../../messages/browser-name.ts';
import { html, type Markup } from '../../views/markup.ts';
import { dayInWords, momentInWords } from '../../views/moment.ts';
import { richText } from '../../views/rich-text.ts';
import { APPLICATIONS_PATH, BROWSERS_PATH, PASSWORD_PATH, SESSIONS_PATH } from '../paths.ts';
import { type DrawnVisit, settingsForm, settingsPage, upToOverview } from '../settings-page.ts';
import { endingRow } from './ending-row.ts';

function nameOf({ frame: { t } }: DrawnVisit, userAgent: string | undefined): string {
  return knownBrowserName(t, userAgent) ?? t('settings.sessions.unknown');
}

function hereNote({ frame: { t } }: DrawnVisit, here: boolean): Markup | false {
  return here && html`<strong>${t('settings.sessions.here')}</strong>`;
}

/** A session as far as it is known: no city is made up from an address. */
function sessionRow(visit: DrawnVisit, session: OpenSession, nth: number): Markup {
  const { t, locale } = visit.frame;
  const { name, here, userAgent, address, signedInAt, lastUsedAt, shared, applications } = session;
  return endingRow(visit, {
    id: here ? 'sign-out' : `end-session-${nth}`,
    label: nameOf(visit, userAgent),
    lines: [
      hereNote(visit, here),
      t('settings.sessions.since', { moment: momentInWords(signedInAt, locale) }),
      !here && t('settings.sessions.lastUsed', { moment: momentInWords(lastUsedAt, locale) }),
      address !== undefined && t('settings.sessions.address', { address }),
      applications.length > 0 && t('settings.sessions.applications', { names: applications.join(', ') }),
      shared && t('settings.sessions.shared'),
    ],
    action: `${SESSIONS_PATH}/end`,
    field: ['session', name],
    button: t('settings.sessions.end'),
  });
}

function browserRow(visit: DrawnVisit, browser: KnownBrowser, nth: number): Markup {
  const { t, locale } = visit.frame;
  const { name, here, userAgent, firstSeenAt, lastSeenAt = firstSeenAt } = browser;
  return endingRow(visit, {
    id: here ? 'forget-this' : `forget-browser-${nth}`,
    label: nameOf(visit, userAgent),
    lines: [
      hereNote(visit, here),
      t('settings.browsers.firstSeen', { day: dayInWords(firstSeenAt, locale) }),
      t('settings.browsers.lastSeen', { day: dayInWords(lastSeenAt, locale) }),
    ],
    action: `${BROWSERS_PATH}/forget`,
    field: ['browser', name],
    button: t('settings.browsers.forget'),
  });
}

/** Ends several at once. `quiet`: beside a way that most people want rather. */
function wholeButton(
  visit: DrawnVisit,
  { id, action, label, quiet = false }: Record<'id' | 'action' | 'label', string> & { quiet?: boolean },
) {
  const { t } = visit.frame;
  const button = html`<button class="${quiet ? 'quiet' : 'secondary'}" id="${id}" data-busy="${t('busy.go')}">${label}</button>`;
  return settingsForm(visit, { action, className: quiet ? 'quiet-form' : 'second' }, button);
}

function sessionsPart(visit: DrawnVisit, sessions: readonly OpenSession[]): Markup {
  const { t } = visit.frame;
  const others = sessions.filter(({ here }) => !here);
  const rows = sessions.map((session) => sessionRow(visit, session, others.indexOf(session) + 1));
  return html`<section aria-labelledby="sessions"><h2 id="sessions">${t('settings.sessions.title')}</h2>
<dl class="settings">${rows}</dl>
<p class="hint">${t('settings.sessions.addressHint')} ${t('settings.sessions.endAllHint')}</p>
${others.length > 0 && wholeButton(visit, { id: 'end-others', action: `${SESSIONS_PATH}/end-others`, label: t('settings.sessions.endOthers') })}
${wholeButton(visit, { id: 'end-all', action: `${SESSIONS_PATH}/end-all`, label: t('settings.sessions.endAll'), quiet: true })}</section>`;
}

function browsersPart(visit: DrawnVisit, browsers: readonly KnownBrowser[]): Markup {
  const { t } = visit.frame;
  const others = browsers.filter(({ here }) => !here);
  const rows = browsers.map((browser) => browserRow(visit, browser, others.indexOf(browser) + 1));
  return html`<section aria-labelledby="browsers"><h2 id="browsers">${t('settings.browsers.title')}</h2>
<p>${t('settings.browsers.text')}</p>
${rows.length > 0 ? html`<dl class="settings">${rows}</dl>` : html`<p class="settings-none">${t('settings.browsers.none')}</p>`}
${others.length > 0 && wholeButton(visit, { id: 'forget-others', action: `${BROWSERS_PATH}/forget-others`, label: t('settings.browsers.forgetOthers') })}</section>`;
}

/** Where a person is signed in, and which browsers are known again. */
export function sessionsPage(visit: DrawnVisit, { sessions, browsers }: Whereabouts): string {
  const { t } = visit.frame;
  const link = html`<a id="change-password" href="${PASSWORD_PATH}">${t('settings.sessions.changePassword')}</a>`;
  return settingsPage(visit, {
    step: 'settings-sessions',
    title: t('settings.overview.sessions'),
    up: upToOverview(visit),
    wide: true,
    scripts: ['busy-button'],
    body: html`<p class="lead">${richText(t, 'settings.sessions.lead', { link })}</p>
${sessionsPart(visit, sessions)}
${browsersPart(visit, browsers)}
<section aria-labelledby="access"><h2 id="access">${t('settings.access.title')}</h2>
<p><a id="applications" href="${APPLICATIONS_PATH}">${t('settings.access.view')}</a></p></section>`,
  });
}
