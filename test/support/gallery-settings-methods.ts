import { type MethodsPage, methodsPage } from '#interactions/settings/methods/list.view.ts';
import { methodPage, removePage } from '#interactions/settings/methods/method.view.ts';
import { renderSetUp, type SetUpPage } from '#interactions/settings/methods/render-set-up.ts';
import type { KeptMethod, MethodsFacts } from '#src/settings/methods.ts';
import type { SetUp } from '#src/settings/set-up-state.ts';
import type { Refusal } from '#src/sign-in/factor.ts';
import type { SetUpView } from '#src/sign-in/set-up-view.ts';
import { sampleMethods } from './gallery-steps.ts';
import { type Pages, PICTURED_AT, visitIn } from './gallery-visit.ts';

const DAY = 86_400_000;

const app: KeptMethod = {
  ...{ id: 'a1', kind: 'totp', icon: 'app', label: 'Mijn telefoon', ending: undefined, page: 'app' },
  ...{ setUpAt: PICTURED_AT - 90 * DAY, lastUsedAt: PICTURED_AT, first: true, preferred: true },
  removable: 'yes',
};
const later = { first: false, preferred: false, lastUsedAt: PICTURED_AT - 12 * DAY };
const phone: KeptMethod = {
  ...{ ...app, ...later, id: 'a2', kind: 'sms', icon: 'message', label: '', ending: '12', page: 'sms' },
};
const key: KeptMethod = {
  ...{ ...app, ...later, id: 'a3', kind: 'webauthn', icon: 'passkey', label: '', page: 'yubikey' },
  lastUsedAt: undefined,
};
/** As nobody should name it, of a kind that is not set up any more. */
const oldKey: KeptMethod = {
  ...{ ...key, id: 'a4', kind: 'yubico-otp', icon: 'keyboard', page: undefined },
  label: `Reservesleutel${'w'.repeat(46)}`,
};

const facts: MethodsFacts = {
  ...{ methods: [app, phone, key, oldKey], oneWayLeft: false, ordered: true, most: undefined },
  pages: [
    { page: 'sms', kinds: ['sms'] },
    { page: 'yubikey', kinds: ['webauthn', 'yubico-otp'] },
    { page: 'app', kinds: ['totp'] },
  ],
};
const icons: Readonly<Record<string, string>> = { sms: 'message', webauthn: 'passkey', totp: 'app' };
const listOf = (over: Partial<MethodsFacts> = {}): MethodsPage => ({
  facts: { ...facts, ...over },
  iconOf: (kind) => icons[kind] ?? '',
});

const page = { method: app, typedLabel: undefined, alone: false };
const last: KeptMethod = { ...phone, first: true, removable: 'last' };

const pages: Pages = {
  'settings-methods': (frame) => methodsPage(visitIn(frame, { done: 'method-added' }), listOf()),
  'settings-methods-one-way': (frame) =>
    methodsPage(visitIn(frame), listOf({ methods: [app], oneWayLeft: true, ordered: false })),
  'settings-methods-most': (frame) =>
    methodsPage(visitIn(frame), listOf({ ordered: false, most: 20, pages: [] })),
  'settings-method': (frame) => methodPage(visitIn(frame), page),
  'settings-method-old': (frame) =>
    methodPage(visitIn(frame, { resumed: true }), { ...page, method: oldKey }),
  'settings-method-alone': (frame) =>
    methodPage(visitIn(frame, { shared: true }), { ...page, method: last, alone: true }),
  'settings-method-remove': (frame) => removePage(visitIn(frame), oldKey),
  'settings-method-kept': (frame) => removePage(visitIn(frame), last),
};

const viewOf = (method: (typeof sampleMethods)[keyof typeof sampleMethods], renews = false): SetUpView => ({
  ...method,
  blocks: [...method.blocks],
  renews,
});
const refused = (method: string, reason: Refusal) => ({ kind: 'refused', method, reason }) as const;
const setUp: SetUp = { id: 'Tq8', kinds: [], pending: {}, elsewhere: false, finished: false };
const setUpOf = (name: string, methods: SetUpView[], over: Partial<SetUp> = {}): SetUpPage => ({
  ...{ page: name, setUp: { ...setUp, ...over }, now: PICTURED_AT },
  reads: { methods, delivery: undefined },
});
const sms = {
  pending: { sms: 'sealed' },
  sent: { channel: 'sms', ending: '12', again: false, at: PICTURED_AT, againAt: PICTURED_AT + 30_000 },
} as const;

const setUps: Pages = {
  'settings-add-sms': (frame) =>
    renderSetUp(visitIn(frame), setUpOf('sms', [viewOf({ ...sampleMethods.phone, owned: 1 })])),
  'settings-add-sms-shared': (frame) =>
    renderSetUp(
      visitIn(frame),
      setUpOf('sms', [viewOf(sampleMethods.phone)], { problem: refused('sms', 'phone-shared') }),
    ),
  'settings-add-sms-code': (frame) =>
    renderSetUp(
      visitIn(frame),
      setUpOf('sms', [viewOf(sampleMethods.smsCode)], { ...sms, problem: refused('sms', 'wrong') }),
    ),
  'settings-add-yubikey': (frame) =>
    renderSetUp(
      visitIn(frame),
      setUpOf('yubikey', [viewOf(sampleMethods.passkey), viewOf(sampleMethods.otp)], {
        problem: refused('webauthn', 'taken'),
      }),
    ),
  'settings-add-app': (frame) =>
    renderSetUp(
      visitIn(frame),
      setUpOf('app', [viewOf(sampleMethods.app, true)], {
        ...{ problem: refused('totp', 'wrong'), typedLabel: 'Telefoon van werk' },
      }),
    ),
  'settings-replace-app': (frame) =>
    renderSetUp(
      visitIn(frame),
      setUpOf('app', [viewOf(sampleMethods.app, true)], { replaces: 'a1', elsewhere: true }),
    ),
};

/** The methods of a person, and the pages that set up another one. */
export const methodPages: Pages = { ...pages, ...setUps };
