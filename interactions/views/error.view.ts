import type { AppErrorCode } from '#src/errors.ts';
import type { TextKey } from '../i18n.ts';
import { primaryLink } from './button.ts';
import { helpDeskContact } from './help-desk.ts';
import { helpLinks } from './help-link.ts';
import { html } from './markup.ts';
import { type PageFrame, renderPage } from './page.ts';
import { referenceBox } from './reference.ts';
import { richText } from './rich-text.ts';

export interface ErrorPage {
  /** The number that the log has too. */
  reference: string;
  /** Code of our failure (AppErrorCode) or of the protocol's (`invalid_request`); chooses the words. */
  code: string;
  restartHref?: string | undefined;
}

const words: Readonly<Partial<Record<AppErrorCode, TextKey>>> = {
  'hash-queue-full': 'error.busy',
  'store-unavailable': 'error.outage',
  'not-found': 'error.notFound',
  'malformed-form': 'error.unreadable',
  'cross-site-post': 'error.crossSite',
  internal: 'error.general',
};

const wordsByCode: ReadonlyMap<string, TextKey> = new Map(Object.entries(words));

/* Protocol errors are the application's doing: their codes have underscores, ours have hyphens (RFC 6749 §4.1.2.1). */
function explanation(code: string): TextKey {
  return wordsByCode.get(code) ?? (code.includes('_') ? 'error.refused' : 'error.general');
}

/** Something failed: a number to mention, who to send it to, and a way to start again (R25). */
export function errorPage(frame: PageFrame, { reference, code, restartHref }: ErrorPage): string {
  const { t } = frame;
  return renderPage(frame, {
    step: 'error',
    title: t('error.title'),
    icon: 'alert',
    scripts: ['copy'],
    body: html`<p class="lead">${t(explanation(code))}</p>
${referenceBox(frame, reference)}
<p>${richText(t, 'error.text', { contact: helpDeskContact(frame) })}</p>
${restartHref !== undefined && primaryLink('restart', restartHref, t('action.signInAgain'))}
${helpLinks(frame, ['first-sign-in-error'])}
<p class="fine" id="error-code">${t('error.code', { code })}</p>`,
  });
}
