import { type TextKey, textKey } from '../i18n.ts';
import { durationInWords } from './duration.ts';
import { type IconName, icon } from './icons.ts';
import { html, type Markup } from './markup.ts';
import type { PageFrame } from './page.ts';

/** What a form posts without being asked: kept from another form, or told to it. */
export interface Hidden {
  name: string;
  value: string;
}

/** What a form posts unseen. */
export function hiddenFields(hidden: readonly Hidden[]): Markup {
  return html`${hidden.map((one) => html`<input type="hidden" name="${one.name}" value="${one.value}">`)}`;
}

/** One way on among several: a form of its own, drawn as a row to press. */
export interface Choice {
  id: string;
  action: string;
  icon: IconName;
  label: string;
  /** What it does or needs, in one sentence. */
  note?: string | undefined;
  /** What the press posts. */
  name?: string | undefined;
  value?: string | undefined;
  /** What it posts without being pressed. */
  hidden?: Hidden | readonly Hidden[] | undefined;
  /** Until when it may not be pressed; said in the note, and counted down where scripts run. */
  wait?: { seconds: number; text: TextKey } | undefined;
}

/** A row with icon, name and one sentence; it is called by both, the name first (WCAG 2.5.3). */
export function choiceForm(frame: PageFrame, choice: Choice): Markup {
  const { id, action, icon: picture, label, note, name, value, hidden, wait } = choice;
  const { t, locale } = frame;
  const shown = wait === undefined ? note : t(wait.text, { wait: durationInWords(wait.seconds, locale) });
  const posts = name !== undefined && html` name="${name}" value="${value}"`;
  const script =
    wait === undefined
      ? html` data-busy="${t('busy.go')}"`
      : html` data-wait="${Math.ceil(wait.seconds)}" data-waiting="${t(wait.text, { wait: '{time}' })}" data-label="${note}"`;
  const kept = hiddenFields([hidden ?? []].flat());
  return html`<form method="post" action="${action}">${kept}<button class="choice" id="${id}"${posts}${script}>
${rowWords(id, picture, label, shown)}
</button></form>`;
}

const rowWords = (id: string, picture: IconName, label: string, note: string | undefined): Markup =>
  html`<span class="badge small">${icon(picture)}</span><span class="choice-words"><span class="choice-label" id="${id}-label">${label}</span>${note !== undefined && html`<span class="choice-note" id="${id}-note">${note}</span>`}</span>${icon('next')}`;

/** The same row where it only leads to another page. */
export function choiceLink({
  id,
  href,
  icon: picture,
  label,
  note,
}: Pick<Choice, 'id' | 'icon' | 'label' | 'note'> & { href: string }): Markup {
  return html`<a class="choice" id="${id}" href="${href}">${rowWords(id, picture, label, note)}</a>`;
}

/** What sending a code once more needs. */
export interface Resend {
  /** Where `channel` is posted. */
  action: string;
  /** Seconds until it may be asked for. */
  waitSeconds?: number | undefined;
  channels: readonly ('sms' | 'voice')[];
  /** Last two digits of the number, where it should be said. */
  ending?: string | undefined;
  hidden?: readonly Hidden[] | undefined;
}

const resendLooks = {
  sms: { id: 'resend-sms', icon: 'message' },
  voice: { id: 'call-me', icon: 'call' },
} as const;

/** The ways to get a code once more, the usual one first. */
export function resendChoices(
  frame: PageFrame,
  { action, waitSeconds, channels, ending, hidden }: Resend,
): Markup[] {
  const { t } = frame;
  return channels.map((channel) =>
    choiceForm(frame, {
      ...resendLooks[channel],
      action,
      label: t(textKey(`send.${channel}`)),
      note:
        ending === undefined || ending === ''
          ? t(textKey(`send.note.${channel}`))
          : t(textKey(`send.noteTo.${channel}`), { ending }),
      name: 'channel',
      value: channel,
      hidden,
      wait:
        waitSeconds === undefined
          ? undefined
          : { seconds: waitSeconds, text: textKey(`send.wait.${channel}`) },
    }),
  );
}
