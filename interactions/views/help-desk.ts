import { helpHref } from './help-link.ts';
import { icon } from './icons.ts';
import { type Child, html, type Markup } from './markup.ts';
import type { PageFrame } from './page.ts';

/** How to reach the tenant's help desk, inside a sentence: address and number as links. */
export function helpDeskContact({ tenant, t }: Pick<PageFrame, 'tenant' | 't'>): Markup {
  const { email, phone } = tenant.helpDesk;
  const mail: Child = email !== undefined && html`<a href="mailto:${email}">${email}</a>`;
  const dial = (phone ?? '').replace(/[^\d+]/g, '');
  const call: Child = phone !== undefined && html`<a class="phone" href="tel:${dial}">${phone}</a>`;
  return html`${mail}${mail && call ? ` ${t('help.or')} ` : ''}${call}`;
}

/** The same as plain text, for messages. */
export function helpDeskText({ tenant, t }: Pick<PageFrame, 'tenant' | 't'>): string {
  const { email, phone } = tenant.helpDesk;
  return [email, phone].filter((way) => way !== undefined).join(` ${t('help.or')} `);
}

/** What stands under every card: answers, who helps, and when (R29). */
export function helpLine(frame: PageFrame): Markup {
  const hours = frame.tenant.helpDesk.hours?.[frame.locale];
  return html`<p class="help">${icon('help')}<a id="help" href="${helpHref(frame)}">${frame.t('help.label')}</a>
<span>${helpDeskContact(frame)}</span>${hours !== undefined && html`<span>${hours}</span>`}</p>`;
}
