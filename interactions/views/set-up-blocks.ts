import type { SetUpBlock } from '#src/sign-in/factor.ts';
import { textKey } from '../i18n.ts';
import { copyButton } from './button.ts';
import { html, type Markup } from './markup.ts';
import type { PageFrame } from './page.ts';
import { qrCode } from './qr-code.ts';

function qrBlock({ t }: PageFrame, content: string): Markup {
  /* On a phone the code can't be scanned with the phone itself: there the same address opens the app, and comes first. */
  const open =
    content.startsWith('otpauth:') &&
    html`<a class="secondary on-touch" id="open-app" href="${content}">${t('enrol.openOnThisDevice')}</a>`;
  return html`${open}${qrCode(content, t('enrol.qrLabel'))}`;
}

function keyBlock({ t }: PageFrame, method: string, content: string): Markup {
  const key = content.replace(/\s/g, '');
  const groups = key.match(/.{1,4}/g) ?? [];
  return html`<div class="key"><p>${t(textKey(`factor.${method}.setUp.key`))}</p>
<p class="key-text" id="setup-key" aria-label="${t('enrol.keyLabel')}" role="group">${groups.map((group, index) => html`${index > 0 && ' '}<span>${group}</span>`)}</p>
${copyButton(t, 'copy-key', key)}</div>`;
}

/** What a method shows while it is set up. One renderer draws the blocks of all methods. */
export function setUpBlocks(frame: PageFrame, method: string, blocks: readonly SetUpBlock[]): Markup {
  return html`<div class="blocks">${blocks.map((block) =>
    block.kind === 'qr' ? qrBlock(frame, block.content) : keyBlock(frame, method, block.content),
  )}</div>`;
}
