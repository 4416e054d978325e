import type { HeldAccess } from '#src/settings/whereabouts.ts';
import { scopeWords } from '../../consent/scope-words.ts';
import { html, type Markup } from '../../views/markup.ts';
import { dayInWords } from '../../views/moment.ts';
import { APPLICATIONS_PATH, SESSIONS_PATH } from '../paths.ts';
import { type DrawnVisit, settingsPage } from '../settings-page.ts';
import { endingRow } from './ending-row.ts';

function accessRow(visit: DrawnVisit, held: HeldAccess, nth: number): Markup {
  const { frame } = visit;
  const { t, locale } = frame;
  return endingRow(visit, {
    id: `withdraw-${nth + 1}`,
    label: held.name,
    lines: [
      ...held.scopes.map((scope) => scopeWords(frame, scope)),
      html`<span class="soft">${t('settings.access.since', { day: dayInWords(held.since, locale) })}</span>`,
    ],
    action: `${APPLICATIONS_PATH}/withdraw`,
    field: ['client', held.clientId],
    button: t('settings.access.withdraw'),
  });
}

/** What applications may see of a person, and the way to take it from them. */
export function applicationsPage(visit: DrawnVisit, held: readonly HeldAccess[]): string {
  const { t } = visit.frame;
  const rows = held.map((access, index) => accessRow(visit, access, index));
  return settingsPage(visit, {
    step: 'settings-applications',
    title: t('settings.access.title'),
    up: { href: SESSIONS_PATH, label: t('settings.overview.sessions') },
    wide: true,
    scripts: ['busy-button'],
    body: html`<p class="lead">${t('settings.access.lead')}</p>
${rows.length > 0 ? html`<dl class="settings">${rows}</dl>` : html`<p class="settings-none" id="no-access">${t('settings.access.none')}</p>`}
<p class="hint">${t('settings.access.hint')}</p>`,
  });
}
