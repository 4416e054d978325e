import type { TextKey } from '../i18n.ts';
import { html, type Markup } from '../views/markup.ts';
import { type PageFrame, renderPage } from '../views/page.ts';
import { type PictureName, picture } from './pictures.ts';

/** What can be explained, in the order in which it is offered. */
export const explanationTopics = ['second-step', 'phone', 'yubikey', 'app', 'backup-code'] as const;

export type ExplanationTopic = (typeof explanationTopics)[number];

export interface ExplanationPage {
  topic: ExplanationTopic;
  /** The step that the person came from. */
  backHref: string;
  hrefOf(topic: ExplanationTopic): string;
}

/** A picture with what it shows and what that means. */
interface Part {
  picture: PictureName;
  texts: readonly TextKey[];
}

const parts: Readonly<Record<ExplanationTopic, readonly Part[]>> = {
  'second-step': [
    {
      picture: 'two-steps',
      texts: ['explanation.second-step.what', 'explanation.second-step.why', 'explanation.second-step.two'],
    },
  ],
  phone: [
    {
      picture: 'message',
      texts: ['explanation.phone.what', 'explanation.phone.why', 'explanation.phone.cost'],
    },
  ],
  yubikey: [
    { picture: 'yubikey', texts: ['explanation.yubikey.what', 'explanation.yubikey.use'] },
    { picture: 'passkey', texts: ['explanation.yubikey.passkey', 'explanation.yubikey.safe'] },
  ],
  app: [
    {
      picture: 'qr-code',
      texts: ['explanation.app.what', 'explanation.app.qr', 'explanation.app.offline'],
    },
  ],
  'backup-code': [
    {
      picture: 'backup-code',
      texts: ['explanation.backup-code.what', 'explanation.backup-code.keep', 'explanation.backup-code.new'],
    },
  ],
};

/** Whether an address names a topic. */
export function isExplanationTopic(name: string): name is ExplanationTopic {
  return explanationTopics.some((topic) => topic === name);
}

function explained({ t }: PageFrame, { picture: name, texts }: Part): Markup {
  return html`<div class="explained">${picture(name, t(`explanation.picture.${name}`))}
<div>${texts.map((key) => html`<p>${t(key)}</p>`)}</div></div>`;
}

/** A short page in plain words with a picture (R7, R10, R27); every other topic is one click away. */
export function explanationPage(frame: PageFrame, { topic, backHref, hrefOf }: ExplanationPage): string {
  const { t } = frame;
  const others = explanationTopics.filter((other) => other !== topic);
  return renderPage(frame, {
    step: 'explanation',
    title: t(`explanation.${topic}.title`),
    wide: true,
    body: html`${parts[topic].map((part) => explained(frame, part))}
<p class="way-back"><a class="secondary" id="back" href="${backHref}">${t('explanation.back')}</a></p>
<nav class="topics" aria-labelledby="topics"><h2 id="topics">${t('explanation.more')}</h2>
<ul>${others.map((other) => html`<li><a id="topic-${other}" href="${hrefOf(other)}">${t(`explanation.${other}.title`)}</a></li>`)}</ul></nav>`,
  });
}
