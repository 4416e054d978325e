import type { Block } from '#src/sign-in/flow-state.ts';
import { primaryLink } from '../views/button.ts';
import { helpDeskContact } from '../views/help-desk.ts';
import { helpLinks } from '../views/help-link.ts';
import { html } from '../views/markup.ts';
import { type PageFrame, renderPage } from '../views/page.ts';
import { referenceBox } from '../views/reference.ts';
import { richText } from '../views/rich-text.ts';

export interface BlockedPage {
  /** The number that the log has too. */
  reference: string;
  /** Why nobody gets in; `closed` for whatever only the help desk can mend. */
  why: Block;
  /** Where the person makes a new password, which opens the account again. */
  recoverHref: string;
  restartHref?: string | undefined;
}

/**
 * Shown only after the right password of a blocked account (R24). What the person can mend comes first; the help desk is
 * the tenant's.
 */
export function blockedPage(frame: PageFrame, page: BlockedPage): string {
  const { t } = frame;
  const { reference, why, recoverHref, restartHref } = page;
  const pieces = { contact: helpDeskContact(frame), reference: html`<strong>${reference}</strong>` };
  const selfHelp =
    why !== 'closed' &&
    html`<p class="lead">${t(`blocked.why.${why}`)}</p>
<p>${t('blocked.recover')}</p>
${primaryLink('recover', recoverHref, t('blocked.newPassword'))}`;
  return renderPage(frame, {
    step: 'blocked',
    title: t('blocked.title'),
    icon: 'stop',
    scripts: ['copy'],
    body: html`${selfHelp}
<p${why === 'closed' && html` class="lead"`}>${why !== 'closed' && `${t('blocked.orHelpDesk')} `}${richText(t, 'blocked.text', pieces)}</p>
${referenceBox(frame, reference)}
${helpLinks(frame, ['blocked'])}
${restartHref !== undefined && html`<p class="ways-out"><a id="restart" href="${restartHref}">${t('action.signInAgain')}</a></p>`}`,
  });
}
