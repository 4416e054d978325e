import { icon } from '../views/icons.ts';
import { html, type Markup } from '../views/markup.ts';
import { SIGN_OUT_PATH } from './paths.ts';
import { settingsForm } from './settings-form.ts';
import type { SettingsVisit } from './visit.ts';

/** Where others use the computer too, every page says so first, with the way out beside it. */
export function sharedBar(visit: Pick<SettingsVisit, 'frame' | 'stamp' | 'shared'>): Markup | false {
  const { t } = visit.frame;
  return (
    visit.shared &&
    settingsForm(
      visit,
      { action: SIGN_OUT_PATH, id: 'shared-computer', className: 'shared-bar' },
      html`<p>${icon('lock')}<span>${t('settings.shared')}</span></p><button class="quiet" id="shared-sign-out">${t('signOut.confirm')}</button>`,
    )
  );
}
