import { activityPage } from '#interactions/settings/activity/activity.view.ts';
import {
  ownBackupCodePage,
  shownBackupCodePage,
} from '#interactions/settings/backup-code/backup-code.view.ts';
import { dataPage } from '#interactions/settings/own-data/own-data.view.ts';
import { applicationsPage } from '#interactions/settings/sessions/applications.view.ts';
import { sessionsPage } from '#interactions/settings/sessions/sessions.view.ts';
import type { ActivityLine } from '#src/settings/activity-lines.ts';
import type { KnownBrowser, OpenSession } from '#src/settings/whereabouts.ts';
import { type Pages, PICTURED_AT, visitIn } from './gallery-visit.ts';

const DAY = 86_400_000;
const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0';
const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';

const backupCodes: Pages = {
  'settings-backup-code': (frame) =>
    ownBackupCodePage(visitIn(frame), { state: { kind: 'works', since: PICTURED_AT } }),
  'settings-backup-code-used': (frame) =>
    ownBackupCodePage(visitIn(frame), { state: { kind: 'used' }, problem: 'overtaken' }),
  'settings-backup-code-shown': (frame) =>
    shownBackupCodePage(visitIn(frame), {
      task: { ...{ stage: 'shown', id: 'Tq8', code: '07566539', madeAt: PICTURED_AT }, newer: true },
      ...{ replaces: true, hasNumber: true, smsState: 'sent' },
    }),
};

const here: OpenSession = {
  ...{ name: 's1', here: true, userAgent: FIREFOX, address: '192.0.2.17', shared: false },
  ...{ signedInAt: PICTURED_AT - 3_600_000, lastUsedAt: PICTURED_AT, applications: ['Verzuim Portaal'] },
};
const elsewhere: OpenSession = {
  ...{ ...here, name: 's2', here: false, userAgent: PHONE, address: '2001:db8:85a3:8d3:1319:8a2e:370:7348' },
  ...{ shared: true, applications: ['Rapportage & Analyse', 'w'.repeat(60)] },
};
const browser: KnownBrowser = {
  ...{ name: 'b1', here: true, userAgent: FIREFOX, firstSeenAt: PICTURED_AT - 90 * DAY },
  lastSeenAt: PICTURED_AT,
};

const sessions: Pages = {
  'settings-sessions': (frame) =>
    sessionsPage(visitIn(frame, { done: 'session-ended' }), {
      sessions: [
        here,
        elsewhere,
        { ...elsewhere, name: 's3', userAgent: undefined, address: undefined, applications: [] },
      ],
      browsers: [
        browser,
        { ...browser, name: 'b2', here: false, userAgent: undefined, lastSeenAt: undefined },
      ],
    }),
  'settings-sessions-one': (frame) =>
    sessionsPage(visitIn(frame, { shared: true }), { sessions: [{ ...here, shared: true }], browsers: [] }),
  'settings-applications': (frame) =>
    applicationsPage(visitIn(frame), [
      {
        clientId: 'verzuim',
        name: 'Verzuim Portaal',
        scopes: ['openid', 'profile', 'email'],
        since: PICTURED_AT,
      },
      { clientId: 'other', name: 'w'.repeat(60), scopes: ['openid', 'planning:read'], since: PICTURED_AT },
    ]),
  'settings-applications-none': (frame) => applicationsPage(visitIn(frame), []),
};

const line: ActivityLine = {
  ...{ kind: 'signed-in', at: PICTURED_AT, since: undefined, count: 1, refused: false },
  ...{ wrongBefore: 0, newBrowser: false, operator: undefined, client: 'verzuim', method: 'totp' },
  ...{ userAgent: FIREFOX, address: '192.0.2.17', oldest: 1, newest: 1 },
};
const bare = { client: undefined, method: undefined, userAgent: undefined, address: undefined };
const lines: readonly ActivityLine[] = [
  { ...line, wrongBefore: 2, newBrowser: true },
  { ...line, kind: 'method-added', at: PICTURED_AT - 60_000, client: undefined },
  { ...line, ...bare, kind: 'wrong-password', refused: true, count: 12, at: PICTURED_AT - DAY },
  {
    ...{ ...line, ...bare, kind: 'too-often', refused: true, count: 480, at: PICTURED_AT - 2 * DAY },
    since: PICTURED_AT - 60 * DAY,
  },
  {
    ...{ ...line, ...bare, kind: 'second-step-reset', at: PICTURED_AT - 3 * DAY },
    operator: { name: 'm.bakker', reason: 'Telefoon kwijt, gebeld via de receptie. Melding 4711.' },
  },
  {
    ...{ ...line, ...bare, kind: 'looked-at', at: PICTURED_AT - 4 * DAY },
    operator: { name: 'm.bakker', reason: undefined },
  },
  { ...line, kind: 'access-withdrawn', client: 'rapportage', method: undefined, at: PICTURED_AT - 5 * DAY },
];
const named = {
  nameOf: (client: string) => (client === 'verzuim' ? 'Verzuim Portaal' : 'Rapportage & Analyse'),
};
const hostile = `"><b>${'w'.repeat(200)}</b> {name}`;

const activity: Pages = {
  'settings-activity': (frame) =>
    activityPage(visitIn(frame), { ...named, lines: [...lines], older: 40, further: true }),
  'settings-activity-hostile': (frame) =>
    activityPage(visitIn(frame), {
      ...{ nameOf: () => hostile, older: undefined, further: false },
      lines: [
        { ...line, userAgent: hostile },
        { ...line, ...bare, kind: 'unblocked', operator: { name: hostile, reason: hostile } },
      ],
    }),
  'settings-activity-none': (frame) =>
    activityPage(visitIn(frame), { ...named, lines: [], older: undefined, further: false }),
};

/** The backup code, sessions, what happened, and what is kept. */
export const recordPages: Pages = {
  ...backupCodes,
  ...sessions,
  ...activity,
  'settings-data': (frame) => dataPage(visitIn(frame)),
};
