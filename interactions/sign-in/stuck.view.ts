import { isTextKey, textKey } from '../i18n.ts';
import { startOverForm } from '../views/button.ts';
import { choiceForm, type Resend, resendChoices } from '../views/choice.ts';
import { helpDeskContact } from '../views/help-desk.ts';
import { helpLinks } from '../views/help-link.ts';
import { methodIconName } from '../views/icons.ts';
import { html, type Markup } from '../views/markup.ts';
import { type PageFrame, renderPage } from '../views/page.ts';
import { referenceBox } from '../views/reference.ts';
import { richText } from '../views/rich-text.ts';
import { deliveryLine, type SentNotice } from '../views/sent-notice.ts';
import { stepScripts } from '../views/step-scripts.ts';

/** Another method that the person has set up. */
export interface OtherWay {
  kind: string;
  icon: string;
  /** What the person calls it. */
  label?: string | undefined;
  /** Where `method` is posted. */
  action: string;
}

export interface StuckPage {
  /** The second step that the person came from. */
  backHref: string;
  /** For a method that sends codes. */
  resend?: (Resend & { ending: string }) | undefined;
  /** The person's own other methods, backup code apart. */
  others: readonly OtherWay[];
  /** The backup code; absent when there is none that works. */
  backupCode?: OtherWay | undefined;
  sent?: SentNotice | undefined;
  /** The number that the log has too. */
  reference: string;
  startOverAction: string;
}

function resendSection(frame: PageFrame, { resend, sent }: StuckPage): Markup | false {
  if (resend === undefined) return false;
  const { t } = frame;
  return html`<section><h2>${t('stuck.noCode')}</h2>
${deliveryLine(frame, sent)}
<div class="choices">${resendChoices(frame, resend)}</div></section>`;
}

function otherWay(frame: PageFrame, { kind, icon, label, action }: OtherWay, id = `method-${kind}`): Markup {
  const { t } = frame;
  const hint = `factor.${kind}.chooseHint`;
  const note = label !== undefined && label !== '' ? label : isTextKey(hint) ? t(hint) : undefined;
  return choiceForm(frame, {
    id,
    action,
    icon: methodIconName(icon),
    label: t(textKey(`factor.${kind}.choose`)),
    note,
    name: 'method',
    value: kind,
  });
}

function otherWays(frame: PageFrame, page: StuckPage): Markup {
  const { t } = frame;
  const { others, backupCode } = page;
  if (others.length === 0 && backupCode === undefined)
    return html`<section><h2>${t('stuck.otherWay')}</h2><p>${t('stuck.noOtherWay')}</p>
${otherNumber(frame, page)}</section>`;
  return html`<section><h2>${t('stuck.otherWay')}</h2>
<div class="choices">${others.map((other) => otherWay(frame, other))}
${backupCode !== undefined && otherWay(frame, backupCode, 'use-backup-code')}</div>
${otherNumber(frame, page)}</section>`;
}

/* R23: there is another number. What to do depends on whether there is another way in. */
function otherNumber(frame: PageFrame, { resend, others, backupCode }: StuckPage): Markup | false {
  const { t } = frame;
  if (resend === undefined) return false;
  const hasWay = others.length > 0 || backupCode !== undefined;
  const text = hasWay ? 'stuck.otherNumberWay' : 'stuck.otherNumberHelp';
  // No link: it would leave a sign-in that is half done.
  const settings = html`<strong>${t('settings.title')}</strong>`;
  return html`<details><summary id="other-number">${t('stuck.otherNumber')}</summary><p>${richText(t, text, { settings })}</p></details>`;
}

/* Answers for who waits for a code, and for who has not got the thing that is asked for. */
const codeWay = ['sms-not-received', 'phone-forgotten', 'number-changed'] as const;
const ownWay = ['phone-forgotten', 'backup-code'] as const;

/** The help menu of somebody whose second step does not work (R17, R23): what can be done, in plain words. */
export function stuckPage(frame: PageFrame, page: StuckPage): string {
  const { t } = frame;
  const { backHref, resend, sent, reference, startOverAction } = page;
  const contact = helpDeskContact(frame);
  return renderPage(frame, {
    step: 'stuck',
    title: t('stuck.title'),
    wide: true,
    scripts: stepScripts({
      fields: [],
      resendWaits: resend?.waitSeconds !== undefined,
      sent: resend && sent,
      copies: true,
    }),
    body: html`<p class="lead">${t('stuck.lead')}</p>
${resendSection(frame, page)}
${otherWays(frame, page)}
<section><h2>${t('stuck.help')}</h2>
<p class="help-text">${richText(t, 'stuck.helpText', { contact })}</p>
${referenceBox(frame, reference)}
<p class="fine">${t('stuck.helpNever')}</p>
${helpLinks(frame, resend === undefined ? ownWay : codeWay)}</section>
<p class="ways-out"><a id="back" href="${backHref}">${t('stuck.back')}</a></p>
${startOverForm(t, startOverAction)}`,
  });
}
