import { html } from '../../views/markup.ts';
import { type DrawnVisit, settingsPage } from '../settings-page.ts';

/** Where a person looks after their own account. */
export function overviewPage(visit: DrawnVisit): string {
  return settingsPage(visit, { step: 'settings', title: visit.frame.t('settings.title'), body: html`` });
}
