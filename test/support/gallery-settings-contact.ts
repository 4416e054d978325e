import { type EmailCodePage, emailCodePage } from '#interactions/settings/email/code.view.ts';
import { type EmailPage, emailPage } from '#interactions/settings/email/email.view.ts';
import { type PhoneCodePage, phoneCodePage } from '#interactions/settings/phone/code.view.ts';
import { type PhonePage, phonePage } from '#interactions/settings/phone/phone.view.ts';
import type { OwnNumber } from '#src/settings/change-phone.ts';
import type { Refusal } from '#src/sign-in/factor.ts';
import { sampleMethods, sampleSent } from './gallery-steps.ts';
import { type Pages, PICTURED_AT, visitIn } from './gallery-visit.ts';

const refused = (reason: Refusal) => ({ kind: 'refused', method: 'sms', reason }) as const;

const number: OwnNumber = { id: 'n1', label: '', ending: '12', newUntil: undefined };
const newNumber: OwnNumber = {
  ...{ id: 'n2', label: `Telefoon van werk${'w'.repeat(43)}`, ending: '99' },
  newUntil: PICTURED_AT,
};

const phone: PhonePage = {
  ...{ action: '/account/phone', numbers: [number], proved: true, proveHref: '/account/phone/new' },
  asked: { field: sampleMethods.phone.field, channels: ['sms', 'voice'] },
  ...{
    newHours: 72,
    elsewhere: false,
    addAction: '/account/methods/add/sms/begin',
    methodsHref: '/account/methods',
  },
};
const phoneCode: PhoneCodePage = {
  ...{ action: '/account/phone/code', id: 'Tq8', method: sampleMethods.smsCode, sent: sampleSent },
  ...{ resend: { action: '/account/phone/send', channels: ['sms', 'voice'] }, elsewhere: false },
  numberHref: '/account/phone',
};

const phonePages: Pages = {
  'settings-phone': (frame) => phonePage(visitIn(frame), phone),
  'settings-phone-before': (frame) => phonePage(visitIn(frame), { ...phone, proved: false }),
  'settings-phone-several': (frame) =>
    phonePage(visitIn(frame, { resumed: true }), {
      ...{ ...phone, numbers: [number, newNumber], chosen: 'n2' },
      underWay: { href: '/account/phone/code', ending: '34' },
    }),
  'settings-phone-shared': (frame) =>
    phonePage(visitIn(frame, { shared: true }), { ...phone, problem: refused('phone-shared') }),
  'settings-phone-none': (frame) => phonePage(visitIn(frame), { ...phone, numbers: [] }),
  'settings-phone-not-here': (frame) => phonePage(visitIn(frame), { ...phone, asked: undefined }),
  'settings-phone-code': (frame) => phoneCodePage(visitIn(frame), phoneCode),
  'settings-phone-code-wrong': (frame) =>
    phoneCodePage(visitIn(frame), {
      ...{ ...phoneCode, problem: refused('wrong'), sent: { ...sampleSent, state: 'delivered' } },
      resend: { ...phoneCode.resend, waitSeconds: 30 },
    }),
  'settings-phone-code-wait': (frame) =>
    phoneCodePage(visitIn(frame), { ...phoneCode, problem: { kind: 'wait', seconds: 90 } }),
};

const present = { email: 'jannie.devries@werkgever.example', emailVerified: true };
const email: EmailPage = { action: '/account/email', now: present, typed: '' };
const emailCode: EmailCodePage = {
  ...{ id: 'Tq8', email: 'jannie@nieuwe-werkgever.example', again: false, addressHref: '/account/email' },
  actions: {
    ...{ code: '/account/email/code', send: '/account/email/send', cancel: '/account/email/cancel' },
  },
};

const emailPages: Pages = {
  'settings-email': (frame) => emailPage(visitIn(frame), email),
  'settings-email-unproved': (frame) =>
    emailPage(visitIn(frame), {
      ...{ ...email, now: { ...present, emailVerified: false }, typed: present.email },
      codeHref: '/account/email/code',
    }),
  'settings-email-none': (frame) =>
    emailPage(visitIn(frame, { resumed: true }), {
      ...{ ...email, now: { email: undefined, emailVerified: false }, typed: `${'w'.repeat(60)}@` },
      problem: { kind: 'malformed' },
    }),
  'settings-email-unavailable': (frame) =>
    emailPage(visitIn(frame), { ...email, typed: emailCode.email, problem: { kind: 'unavailable' } }),
  'settings-email-code': (frame) => emailCodePage(visitIn(frame), emailCode),
  'settings-email-code-wrong': (frame) =>
    emailCodePage(visitIn(frame), {
      ...{ ...emailCode, email: `${'w'.repeat(60)}@nieuwe-werkgever.example` },
      ...{ problem: { kind: 'code-wrong' }, waitSeconds: 30 },
    }),
  'settings-email-code-elsewhere': (frame) =>
    emailCodePage(visitIn(frame), { ...emailCode, problem: { kind: 'other-window' } }),
};

/** The mobile number and the e-mail address. */
export const contactPages: Pages = { ...phonePages, ...emailPages };
