import { ACCOUNT_CLIENT } from '#src/provider/account-client.ts';
import type { ActivityPage } from '#src/settings/activity.ts';
import type { ActivityLine } from '#src/settings/activity-lines.ts';
import { isTextKey, textKey } from '../../i18n.ts';
import { knownBrowserName } from '../../messages/browser-name.ts';
import { type IconName, icon } from '../../views/icons.ts';
import { html, type Markup } from '../../views/markup.ts';
import { dayInWords, momentInWords } from '../../views/moment.ts';
import type { PageFrame } from '../../views/page.ts';
import { richText } from '../../views/rich-text.ts';
import { ACTIVITY_PATH, PASSWORD_PATH } from '../paths.ts';
import { type DrawnVisit, settingsPage, upToOverview } from '../settings-page.ts';

export interface ActivityPageContent extends ActivityPage {
  /** What applications are called. */
  nameOf(clientId: string): string;
  /** It is not the first page. */
  further: boolean;
}

type Named = Pick<ActivityPageContent, 'nameOf'>;

function applicationName({ t }: PageFrame, client: string, { nameOf }: Named): string {
  return client === ACCOUNT_CLIENT ? t('settings.title') : nameOf(client);
}

function methodName({ t }: PageFrame, method: string | undefined): string | undefined {
  const key = `factor.${method}.name`;
  return isTextKey(key) ? t(key) : undefined;
}

/** What happened, in one sentence. */
function sentence(
  frame: PageFrame,
  { kind, client = '', method, count }: ActivityLine,
  named: Named,
): string {
  const { t } = frame;
  const application = applicationName(frame, client, named);
  const what = t(textKey(`settings.activity.what.${kind}`), {
    application,
    method: methodName(frame, method) ?? t('settings.overview.methods'),
  });
  return count > 1 ? `${what} (${t('settings.activity.times', { count })})` : what;
}

function when({ t, locale }: PageFrame, { at, since }: ActivityLine): string {
  if (since === undefined) return momentInWords(at, locale);
  const [from, to] = [dayInWords(since, locale), dayInWords(at, locale)];
  return t('settings.activity.between', { from, to });
}

/** When and from where, as far as the log still knows. */
function place(frame: PageFrame, line: ActivityLine, named: Named): string {
  const { t } = frame;
  const { kind, client, userAgent, address } = line;
  const browser = knownBrowserName(t, userAgent);
  return [
    when(frame, line),
    ...(browser === undefined ? [] : [browser]),
    ...(address === undefined ? [] : [t('settings.activity.address', { address })]),
    ...(kind === 'signed-in' && client !== undefined
      ? [t('settings.activity.application', { application: applicationName(frame, client, named) })]
      : []),
  ].join(' · ');
}

/** What else is worth knowing of a sign-in. */
function remarks(frame: PageFrame, { kind, method, wrongBefore, newBrowser }: ActivityLine): string[] {
  const { t } = frame;
  const name = kind === 'signed-in' ? methodName(frame, method) : undefined;
  return [
    ...(name === undefined ? [] : [t('settings.activity.method', { method: name })]),
    ...(newBrowser ? [t('settings.activity.newBrowser')] : []),
    ...(wrongBefore > 0 ? [t('settings.activity.wrongBefore', { count: wrongBefore })] : []),
  ];
}

/** Who at the help desk it was and why, in their own words (NEN 7513). */
function byOperator({ t }: PageFrame, { operator }: ActivityLine): Markup | false {
  if (operator === undefined) return false;
  const { name, reason } = operator;
  const why =
    reason === undefined ? t('settings.activity.noReason') : t('settings.activity.reason', { reason });
  return html`<p>${t('settings.activity.operator', { name })} ${why}</p>`;
}

function iconOf({ kind, refused, operator }: ActivityLine): IconName {
  if (refused) return 'stop';
  if (operator !== undefined) return 'user';
  return kind === 'signed-in' ? 'key' : 'check';
}

function item(frame: PageFrame, line: ActivityLine, named: Named): Markup {
  const { t } = frame;
  const more = remarks(frame, line);
  return html`<li${line.refused && html` class="refused"`} data-kind="${line.kind}">${icon(iconOf(line))}<div>
<p class="event-what">${line.refused && html`<strong>${t('settings.activity.refused')}:</strong> `}${sentence(frame, line, named)}</p>
${byOperator(frame, line)}${more.length > 0 && html`<p>${more.join(' ')}</p>`}
<p class="soft">${place(frame, line, named)}</p></div></li>`;
}

function none({ t }: PageFrame, { further }: ActivityPageContent): Markup {
  return html`<p class="settings-none" id="none">${t(further ? 'settings.activity.noneHere' : 'settings.activity.none')}</p>`;
}

/** The way to what is older, and back. */
function ways({ t }: PageFrame, { older, further }: ActivityPageContent): Markup | false {
  if (older === undefined && !further) return false;
  return html`<p class="pages">${further && html`<a id="newest" href="${ACTIVITY_PATH}">${t('settings.activity.newest')}</a>`}${older !== undefined && html`<a id="older" href="${`${ACTIVITY_PATH}?before=${older}`}">${t('settings.activity.older')}</a>`}</p>`;
}

/** What happened in somebody's account, in plain words, the newest first. */
export function activityPage(visit: DrawnVisit, page: ActivityPageContent): string {
  const { frame } = visit;
  const { t } = frame;
  const { lines } = page;
  const link = html`<a id="change-password" href="${PASSWORD_PATH}">${t('settings.activity.changePassword')}</a>`;
  return settingsPage(visit, {
    step: 'settings-activity',
    title: t('settings.activity.title'),
    wide: true,
    up: upToOverview(visit),
    body: html`<p class="lead">${t('settings.activity.lead')}</p>
<p class="hint">${richText(t, 'settings.activity.notYou', { link })}</p>
${lines.length > 0 ? html`<ol class="events">${lines.map((line) => item(frame, line, page))}</ol>` : none(frame, page)}
${ways(frame, page)}`,
  });
}
