import { endedPage } from '#interactions/settings/ended.view.ts';
import { overviewPage } from '#interactions/settings/overview/overview.view.ts';
import type { OverviewFacts, OwnMethod } from '#src/settings/overview.ts';
import { contactPages } from './gallery-settings-contact.ts';
import { methodPages } from './gallery-settings-methods.ts';
import { ownPages } from './gallery-settings-own.ts';
import { recordPages } from './gallery-settings-record.ts';
import { type Pages, PICTURED_AT, visitIn } from './gallery-visit.ts';

const account = {
  ...{ loginName: 'j.de.vries', givenName: 'Jannie', familyName: 'de Vries-van den Broek' },
  ...{ email: 'jannie.devries@werkgever.example', emailVerified: true, locale: 'nl' as const },
  ...{ passwordChangedAt: PICTURED_AT, phone: '+31612345612' },
};

const app: OwnMethod = {
  kind: 'totp',
  icon: 'app',
  label: 'Mijn telefoon',
  ending: undefined,
  lastUsedAt: PICTURED_AT,
};
const phone: OwnMethod = { ...app, kind: 'sms', icon: 'message', label: '', ending: '12' };
const key: OwnMethod = { ...app, kind: 'webauthn', icon: 'passkey', label: 'Blauwe sleutel' };

const facts: OverviewFacts = {
  methods: [app, phone, key, { ...key, label: 'Reservesleutel', lastUsedAt: undefined }],
  oneWayLeft: false,
  backupCode: { kind: 'works', since: PICTURED_AT },
  question: true,
  sessions: 2,
  signIns: [
    {
      at: PICTURED_AT,
      userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
    },
    { at: PICTURED_AT - 86_400_000, userAgent: undefined },
  ],
};

const page = { account, facts, applicationHref: '/login' };

const overview: Pages = {
  settings: (frame) => overviewPage(visitIn(frame), page),
  'settings-shared': (frame) => overviewPage(visitIn(frame, { shared: true }), page),
  'settings-one-way': (frame) =>
    overviewPage(visitIn(frame), {
      ...page,
      account: { ...account, emailVerified: false, passwordChangedAt: undefined },
      facts: {
        ...facts,
        methods: [app],
        oneWayLeft: true,
        backupCode: { kind: 'used' },
        question: false,
        sessions: 1,
        signIns: [],
      },
    }),
  'settings-bare': (frame) =>
    overviewPage(visitIn(frame, { done: 'password' }), {
      ...page,
      account: { ...account, email: undefined, familyName: 'w'.repeat(60) },
      facts: { ...facts, methods: [phone], backupCode: { kind: 'off' }, question: undefined },
    }),
  'settings-ended': (frame) => endedPage(frame, { href: '/account/password' }),
};

/** Every page of the settings in every state. */
export const settingsPages: Pages = {
  ...overview,
  ...ownPages,
  ...methodPages,
  ...contactPages,
  ...recordPages,
};
