import type { T } from '../i18n.ts';
import { html, type Markup } from './markup.ts';

/**
 * What stands beside and in a field for a password: the warning that Caps Lock is on, the button that shows it (R5).
 * `field` is the id of the field.
 */
export function passwordControl(t: T, field = 'password'): { note: Markup; inside: Markup } {
  const own = field === 'password' ? '' : `-${field}`;
  return {
    note: html`<span class="caps-lock" id="caps-lock${own}" role="status" data-for="${field}" data-on="${t('signIn.capsLock')}"></span>`,
    inside: html`<button type="button" class="inside" id="show-${field}" aria-controls="${field}" aria-label="${t('signIn.showPassword')}" data-hide="${t('signIn.hide')}" data-hide-label="${t('signIn.hidePassword')}">${t('signIn.show')}</button>`,
  };
}
