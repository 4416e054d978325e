import { ACCOUNT_PATH } from '#src/provider/account-client.ts';
import { type PictureName, picture } from '../explanation/pictures.ts';
import { isTextKey, type TextKey, textKey } from '../i18n.ts';
import { METHODS_PATH, PHONE_PATH } from '../settings/paths.ts';
import { primaryLink } from '../views/button.ts';
import { helpDeskContact } from '../views/help-desk.ts';
import { helpHref } from '../views/help-link.ts';
import { html, type Markup } from '../views/markup.ts';
import { type PageFrame, renderPage } from '../views/page.ts';
import { richText } from '../views/rich-text.ts';
import { type HelpTopic, helpGroups, helpTopics } from './topics.ts';

export interface HelpPage {
  /** The page that the person came from; else where signing in begins. */
  backHref: string;
  /** Whether there is such a page. */
  cameFrom: boolean;
  /** Where login name and password are asked for. */
  recoverHref: string;
}

/** Questions that asking for a mail answers. */
const recovering: ReadonlySet<HelpTopic> = new Set([
  'password-forgotten',
  'login-name-forgotten',
  'mail-link',
  'blocked',
]);

/** Questions that are explained instead of solved, with what is seen beside the words. */
const pictures: Readonly<Partial<Record<HelpTopic, PictureName>>> = {
  'two-steps': 'two-steps',
  'why-phone': 'message',
  'backup-code': 'backup-code',
};

const titleOf = ({ t }: PageFrame, topic: HelpTopic) => t(`help.topic.${topic}.title`);

/** The numbered texts of a topic: as many as the language files have. */
function stepKeys(topic: HelpTopic): TextKey[] {
  const keys: TextKey[] = [];
  for (let n = 1; ; n += 1) {
    const key = `help.topic.${topic}.steps.${n}`;
    if (!isTextKey(key)) return keys;
    keys.push(key);
  }
}

/** What texts name: labels exactly as they stand on buttons and links, and names of this organisation. */
function named({ t, tenant }: PageFrame, { recoverHref }: HelpPage): Record<string, Markup> {
  const label = (key: TextKey) => html`<strong>${t(key)}</strong>`;
  const link = (href: string, key: TextKey) => html`<a href="${href}">${t(key)}</a>`;
  return {
    stuck: label('stuck.title'),
    resend: label('send.sms'),
    backup: label('factor.backup-code.choose'),
    forgotten: label('signIn.forgot'),
    askName: label('recover.loginName.label'),
    askPassword: label('recover.password.label'),
    skip: label('action.skip'),
    change: label('settings.change'),
    toSettings: label('help.toSettings'),
    settings: label('settings.title'),
    numberSettings: link(PHONE_PATH, 'settings.title'),
    ownNumber: link(PHONE_PATH, 'settings.overview.phone'),
    ownMethods: link(METHODS_PATH, 'settings.overview.methods'),
    recover: link(recoverHref, 'help.recover'),
    application: html`${tenant.applicationName}`,
    organisation: html`${tenant.name}`,
  };
}

function answer(frame: PageFrame, topic: HelpTopic, page: HelpPage): Markup {
  const { t } = frame;
  const pieces = named(frame, page);
  const what = richText(t, textKey(`help.topic.${topic}.what`), pieces);
  const steps = stepKeys(topic).map((key) => richText(t, key, pieces));
  const shown = pictures[topic];
  if (shown === undefined)
    return html`<p class="lead">${what}</p>
<ol class="reasons">${steps.map((step) => html`<li>${step}</li>`)}</ol>`;
  return html`<div class="explained">${picture(shown, t(`explanation.picture.${shown}`))}
<div><p>${what}</p>${steps.map((step) => html`<p>${step}</p>`)}</div></div>`;
}

/** The one button of an answer, where there is one thing to do. */
function wayToDo({ t }: PageFrame, topic: HelpTopic, { recoverHref }: HelpPage): Markup | false {
  if (topic === 'own-settings') return primaryLink('to-settings', ACCOUNT_PATH, t('help.toSettings'));
  return recovering.has(topic) && primaryLink('recover', recoverHref, t('help.recover'));
}

/* Last on every page: somebody to ask, and what never to tell. */
function deskSection(frame: PageFrame): Markup {
  const { t, tenant, locale } = frame;
  const { hours, manuals } = tenant.helpDesk;
  const contact = helpDeskContact(frame);
  return html`<section id="help-desk"><h2>${t('help.desk')}</h2>
<p class="help-text">${richText(t, 'help.deskText', { contact })}${hours !== undefined && html` ${t('help.deskHours', { hours: hours[locale] })}`}</p>
${manuals !== undefined && html`<p class="help-text"><a id="manuals" href="${manuals}">${t('help.manuals')}</a></p>`}
<p class="fine">${t('stuck.helpNever')}</p></section>`;
}

function wayOn({ t }: PageFrame, { backHref, cameFrom }: HelpPage): Markup {
  return html`<p class="way-back"><a class="secondary" id="back" href="${backHref}">${t(cameFrom ? 'help.back' : 'help.toSignIn')}</a></p>`;
}

function links(frame: PageFrame, topics: readonly HelpTopic[]): Markup {
  return html`<ul>${topics.map((topic) => html`<li><a id="topic-${topic}" href="${helpHref(frame, topic)}">${titleOf(frame, topic)}</a></li>`)}</ul>`;
}

const groupNames = ['signIn', 'code', 'signedIn', 'why'] as const satisfies (keyof typeof helpGroups)[];

/** Every question that the FAQ answers, in plain words, and the help desk (R29). */
export function helpListPage(frame: PageFrame, page: HelpPage): string {
  const { t } = frame;
  return renderPage(frame, {
    step: 'help',
    title: t('help.title'),
    icon: 'help',
    wide: true,
    body: html`<p class="lead">${t('help.lead')}</p>
${groupNames.map((group) => html`<section class="topics"><h2>${t(`help.group.${group}`)}</h2>${links(frame, helpGroups[group])}</section>`)}
${deskSection(frame)}
${wayOn(frame, page)}`,
  });
}

/** One answer: what to do now, whom to ask, and every other question one click away. */
export function helpTopicPage(frame: PageFrame, topic: HelpTopic, page: HelpPage): string {
  const { t } = frame;
  const others = helpTopics.filter((other) => other !== topic);
  return renderPage(frame, {
    step: 'help',
    title: titleOf(frame, topic),
    wide: true,
    body: html`${answer(frame, topic, page)}
${wayToDo(frame, topic, page)}
${deskSection(frame)}
${wayOn(frame, page)}
<nav class="topics" aria-labelledby="topics"><h2 id="topics">${t('help.more')}</h2>
${links(frame, others)}
<p><a id="all-topics" href="${helpHref(frame)}">${t('help.all')}</a></p></nav>`,
  });
}
