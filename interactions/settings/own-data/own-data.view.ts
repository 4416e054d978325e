import type { TextKey } from '../../i18n.ts';
import { submitButton } from '../../views/button.ts';
import { html } from '../../views/markup.ts';
import { DATA_PATH } from '../paths.ts';
import { type DrawnVisit, settingsForm, settingsPage, upToOverview } from '../settings-page.ts';

const PARTS: readonly TextKey[] = [
  ...(['settings.data.account', 'settings.data.methods', 'settings.data.where'] as const),
  ...(['settings.data.messages', 'settings.data.activity'] as const),
];

/** What is kept of a person, as a file: what is in it and what is not. */
export function dataPage(visit: DrawnVisit): string {
  const { t } = visit.frame;
  const fetch = submitButton(t, { id: 'export', label: t('settings.data.export'), busy: t('busy.go') });
  // No script of a busy button: the page stays where it is when a file comes.
  return settingsPage(visit, {
    step: 'settings-data',
    title: t('settings.data.title'),
    icon: 'file',
    up: upToOverview(visit),
    body: html`<p class="lead">${t('settings.data.lead')}</p>
<p>${t('settings.data.in')}</p>
<ul class="reasons">${PARTS.map((part) => html`<li>${t(part)}</li>`)}</ul>
<p>${t('settings.data.notIn')}</p>
<p class="hint">${t('settings.data.format')}</p>
${settingsForm(visit, { action: `${DATA_PATH}/export` }, fetch)}`,
  });
}
