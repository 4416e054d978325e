import type { Block } from '#src/sign-in/flow-state.ts';
import { primaryLink } from '../views/button.ts';
import { helpDeskContact } from '../views/help-desk.ts';
import { helpLinks } from '../views/help-link.ts';
import { html, type Markup } from '../views/markup.ts';
import { momentInWords } from '../views/moment.ts';
import { type PageFrame, renderPage } from '../views/page.ts';
import { referenceBox } from '../views/reference.ts';
import { richText } from '../views/rich-text.ts';

export interface BlockedPage {
  /** The number that the log has too. */
  reference: string;
  /** Why nobody gets in; `closed` for whatever only the help desk can mend. */
  why: Block;
  /** When it is over by itself; milliseconds since the epoch. */
  until?: number | undefined;
  /** Where the person makes a new password, which opens the account again. */
  recoverHref: string;
  restartHref?: string | undefined;
}

/* A new number that proves nothing yet: when it does, and no new password, which would not help. */
function waiting({ t, locale }: PageFrame, until: number): Markup {
  return html`<p class="lead">${t('blocked.why.number-new')}</p>
<p class="lead">${richText(t, 'blocked.from', { moment: html`<strong id="until">${momentInWords(until, locale)}</strong>` })}</p>`;
}

/* What the person can do alone; undefined where only the help desk can do anything. */
function selfHelp(frame: PageFrame, { why, until, recoverHref }: BlockedPage): Markup | undefined {
  const { t } = frame;
  if (why === 'number-new') return until === undefined ? undefined : waiting(frame, until);
  if (why === 'closed') return undefined;
  return html`<p class="lead">${t(`blocked.why.${why}`)}</p>
<p>${t('blocked.recover')}</p>
${primaryLink('recover', recoverHref, t('blocked.newPassword'))}`;
}

/**
 * Shown only after the right password of a blocked account (R24). What the person can mend comes first; the help desk is
 * the tenant's.
 */
export function blockedPage(frame: PageFrame, page: BlockedPage): string {
  const { t } = frame;
  const { reference, why, restartHref } = page;
  const pieces = { contact: helpDeskContact(frame), reference: html`<strong>${reference}</strong>` };
  const alone = selfHelp(frame, page);
  const or = t(why === 'number-new' ? 'blocked.sooner' : 'blocked.orHelpDesk');
  return renderPage(frame, {
    step: 'blocked',
    title: t('blocked.title'),
    icon: 'stop',
    scripts: ['copy'],
    body: html`${alone}
<p${alone === undefined && html` class="lead"`}>${alone !== undefined && `${or} `}${richText(t, 'blocked.text', pieces)}</p>
${referenceBox(frame, reference)}
${helpLinks(frame, [why === 'number-new' ? 'number-changed' : 'blocked'])}
${restartHref !== undefined && html`<p class="ways-out"><a id="restart" href="${restartHref}">${t('action.signInAgain')}</a></p>`}`,
  });
}
