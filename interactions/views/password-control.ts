import type { T } from '../i18n.ts';
import { html, type Markup } from './markup.ts';

/** What stands beside and in a field for a password: the warning that Caps Lock is on, the button that shows it (R5). */
export function passwordControl(t: T): { note: Markup; inside: Markup } {
  return {
    note: html`<span class="caps-lock" id="caps-lock" role="status" data-on="${t('signIn.capsLock')}"></span>`,
    inside: html`<button type="button" class="inside" id="show-password" aria-controls="password" aria-label="${t('signIn.showPassword')}" data-hide="${t('signIn.hide')}" data-hide-label="${t('signIn.hidePassword')}">${t('signIn.show')}</button>`,
  };
}
