import type { Account } from '#src/account/account.ts';
import type { BackupCodeState, OverviewFacts, OwnMethod } from '#src/settings/overview.ts';
import { languageName } from '../../i18n.ts';
import { browserName } from '../../messages/browser-name.ts';
import { icon } from '../../views/icons.ts';
import { mailAddress } from '../../views/mail-address.ts';
import { type Child, html, type Markup } from '../../views/markup.ts';
import { dayInWords, momentInWords } from '../../views/moment.ts';
import type { PageFrame } from '../../views/page.ts';
import { richText } from '../../views/rich-text.ts';
import { ownName } from '../methods/own-name.ts';
import {
  ACTIVITY_PATH,
  BACKUP_CODE_PATH,
  DATA_PATH,
  EMAIL_PATH,
  LANGUAGE_PATH,
  METHODS_PATH,
  PASSWORD_PATH,
  PHONE_PATH,
  QUESTION_PATH,
  SESSIONS_PATH,
  SIGN_OUT_PATH,
} from '../paths.ts';
import { type SettingRow, settingGroup, settingRow } from '../setting-row.ts';
import { type DrawnVisit, settingsForm, settingsPage } from '../settings-page.ts';

export interface OverviewPage {
  account: Pick<
    Account,
    | 'loginName'
    | 'givenName'
    | 'familyName'
    | 'email'
    | 'emailVerified'
    | 'passwordChangedAt'
    | 'phone'
    | 'locale'
  >;
  facts: OverviewFacts;
  /** Where the application starts a sign-in by itself. */
  applicationHref: string;
}

const MOST_SHOWN = 3;

/** A method in words: what kind it is, which one, and when it was last used. */
function methodLine(frame: PageFrame, method: OwnMethod): Child {
  const { t, locale } = frame;
  const name = ownName(frame, method);
  if (method.lastUsedAt === undefined) return name;
  const used = t('settings.overview.lastUsed', { day: dayInWords(method.lastUsedAt, locale) });
  return html`${name} <span class="soft">${used}</span>`;
}

function passwordRow({ t, locale }: PageFrame, { account }: OverviewPage): SettingRow {
  const { passwordChangedAt } = account;
  const line =
    passwordChangedAt === undefined
      ? t('settings.overview.passwordFirst')
      : t('settings.overview.passwordChanged', { day: dayInWords(passwordChangedAt, locale) });
  return {
    ...{ id: 'password', label: t('settings.overview.password'), lines: [line] },
    ...{ href: PASSWORD_PATH, action: t('settings.change') },
  };
}

function methodsRow(frame: PageFrame, { facts }: OverviewPage): SettingRow {
  const { t } = frame;
  const shown = facts.methods.slice(0, MOST_SHOWN).map((method) => methodLine(frame, method));
  const more = facts.methods.length - shown.length;
  return {
    ...{ id: 'methods', label: t('settings.overview.methods'), urgent: facts.oneWayLeft },
    lines: [
      ...shown,
      ...(more > 0 ? [t('settings.overview.more', { count: more })] : []),
      ...(facts.oneWayLeft ? [t('settings.overview.oneWayLeft')] : []),
    ],
    ...{ href: METHODS_PATH, action: t('settings.overview.manage') },
  };
}

/** Numbers that were proved; else the one that the organisation wrote down, which proves nothing yet. */
function phoneRow({ t }: PageFrame, { account, facts }: OverviewPage): SettingRow {
  const endings = facts.methods.flatMap(({ ending }) => ending ?? []);
  const lines = endings.map((ending) => t('settings.overview.phoneProved', { ending }));
  const noted = account.phone?.slice(-2);
  const none =
    noted === undefined
      ? t('settings.overview.none')
      : t('settings.overview.phoneUnproved', { ending: noted });
  return {
    ...{ id: 'phone', label: t('settings.overview.phone'), href: PHONE_PATH },
    lines: lines.length > 0 ? lines : [none],
    action: t(lines.length > 0 ? 'settings.change' : 'settings.overview.add'),
  };
}

function backupCodeLine({ t, locale }: PageFrame, state: Exclude<BackupCodeState, { kind: 'off' }>): string {
  if (state.kind === 'works') {
    return t('settings.overview.backupCodeWorks', { day: dayInWords(state.since, locale) });
  }
  return t(state.kind === 'used' ? 'settings.overview.backupCodeUsed' : 'settings.overview.backupCodeNever');
}

function backupCodeRow(frame: PageFrame, { facts: { backupCode } }: OverviewPage): SettingRow[] {
  const { t } = frame;
  if (backupCode.kind === 'off') return [];
  return [
    {
      ...{ id: 'backup-code', label: t('settings.overview.backupCode'), href: BACKUP_CODE_PATH },
      lines: [backupCodeLine(frame, backupCode)],
      action: t('settings.overview.makeNew'),
      urgent: backupCode.kind !== 'works',
    },
  ];
}

function emailAction(email: string | undefined, proved: boolean) {
  if (email === undefined) return 'settings.overview.add';
  return proved ? 'settings.change' : 'settings.overview.confirm';
}

function emailRow({ t }: PageFrame, { account: { email, emailVerified } }: OverviewPage): SettingRow {
  const proof = t(emailVerified ? 'settings.overview.emailProved' : 'settings.overview.emailUnproved');
  return {
    ...{ id: 'email', label: t('settings.overview.email'), href: EMAIL_PATH },
    lines: email === undefined ? [t('settings.overview.emailNone')] : [mailAddress(email), proof],
    action: t(emailAction(email, emailVerified)),
    urgent: email === undefined || !emailVerified,
  };
}

function questionRow({ t }: PageFrame, { facts: { question } }: OverviewPage): SettingRow[] {
  if (question === undefined) return [];
  return [
    {
      ...{ id: 'question', label: t('settings.overview.question'), href: QUESTION_PATH },
      lines: [t(question ? 'settings.overview.questionSet' : 'settings.overview.none')],
      action: t(question ? 'settings.change' : 'settings.overview.add'),
      urgent: !question,
    },
  ];
}

function pastRows(frame: PageFrame, { facts }: OverviewPage): SettingRow[] {
  const { t, locale } = frame;
  const signIns = facts.signIns.map(({ at, userAgent }) =>
    t('settings.overview.signIn', { moment: momentInWords(at, locale), browser: browserName(t, userAgent) }),
  );
  return [
    {
      ...{ id: 'sessions', label: t('settings.overview.sessions'), href: SESSIONS_PATH },
      lines: [
        facts.sessions <= 1
          ? t('settings.overview.sessionHere')
          : t('settings.overview.sessionCount', { count: facts.sessions }),
      ],
      action: t('settings.overview.view'),
    },
    {
      ...{ id: 'activity', label: t('settings.overview.activity'), href: ACTIVITY_PATH },
      lines: signIns.length > 0 ? signIns : [t('settings.overview.none')],
      action: t('settings.overview.view'),
    },
  ];
}

function ownRows({ t }: PageFrame, { account: { locale } }: OverviewPage): SettingRow[] {
  return [
    {
      ...{ id: 'language', label: t('settings.overview.language'), href: LANGUAGE_PATH },
      ...{ lines: [languageName(locale)], action: t('settings.change') },
    },
    {
      ...{ id: 'data', label: t('settings.overview.data'), href: DATA_PATH },
      ...{ lines: [t('settings.overview.dataText')], action: t('settings.overview.view') },
    },
  ];
}

/** Somebody who loses the one way that is left needs the help desk: said first, with the way to a second one. */
function warning({ t }: PageFrame, { oneWayLeft }: OverviewFacts): Markup | false {
  if (!oneWayLeft) return false;
  const link = html`<a id="add-way" href="${METHODS_PATH}">${t('settings.overview.addWay')}</a>`;
  return html`<div class="notice warn" id="one-way-left">${icon('alert')}<p>${richText(t, 'settings.overview.oneWayWarning', { link })}</p></div>`;
}

/** Where a person looks after their own account: everything at a glance, each with the way to change it. */
export function overviewPage(visit: DrawnVisit, page: OverviewPage): string {
  const { frame } = visit;
  const { t, tenant } = frame;
  const { account } = page;
  const name = html`<strong>${`${account.givenName} ${account.familyName}`.trim()}</strong>`;
  const group = (id: 'signIn' | 'wayBack' | 'past' | 'own', rows: readonly SettingRow[]) =>
    settingGroup(`group-${id}`, t(`settings.overview.group.${id}`), rows.map(settingRow));
  return settingsPage(visit, {
    step: 'settings',
    title: t('settings.title'),
    wide: true,
    scripts: ['busy-button'],
    body: html`<p class="lead">${richText(t, 'settings.overview.lead', { name, loginName: html`${account.loginName}` })}</p>
${warning(frame, page.facts)}
${group('signIn', [passwordRow(frame, page), methodsRow(frame, page), phoneRow(frame, page), ...backupCodeRow(frame, page)])}
${group('wayBack', [emailRow(frame, page), ...questionRow(frame, page)])}
${group('past', pastRows(frame, page))}
${group('own', ownRows(frame, page))}
<p class="way-back"><a class="secondary" id="to-application" href="${page.applicationHref}">${t('settings.overview.toApplication', { application: tenant.applicationName })}</a></p>
${settingsForm(visit, { action: SIGN_OUT_PATH, className: 'quiet-form' }, html`<button class="quiet" id="sign-out" data-busy="${t('busy.signOut')}">${t('settings.overview.signOut')}</button>`)}`,
  });
}
