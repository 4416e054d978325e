import { type BackupCodePage, backupCodePage } from '#interactions/enrolment/backup-code.view.ts';
import { backupCodePrintPage } from '#interactions/enrolment/backup-code-paper.view.ts';
import { type ConfirmEmailPage, confirmEmailPage } from '#interactions/enrolment/confirm-email.view.ts';
import { type EnrolMethod, type EnrolPage, enrolPage } from '#interactions/enrolment/method.view.ts';
import {
  type SecurityQuestionPage,
  securityQuestionPage,
} from '#interactions/enrolment/security-question.view.ts';
import { strongerPage } from '#interactions/enrolment/stronger.view.ts';
import { explanationPage, explanationTopics } from '#interactions/explanation/explanation.view.ts';
import { digitsField } from '#interactions/factors/digits-field.ts';
import { type SecondStepPage, secondStepPage } from '#interactions/sign-in/second-step.view.ts';
import { type StuckPage, stuckPage } from '#interactions/sign-in/stuck.view.ts';
import type { PageFrame } from '#interactions/views/page.ts';
import type { FieldSpec, Refusal, SetUpBlock, TextFieldSpec } from '#src/sign-in/factor.ts';

type Pages = Readonly<Record<string, (frame: PageFrame) => string>>;

/** A field as an authenticator app's method describes it. */
export const sampleField: TextFieldSpec = digitsField(6, {
  label: 'factor.totp.label',
  hint: 'factor.totp.hint',
});

const fields = {
  sms: {
    ...sampleField,
    label: 'factor.sms.label',
    hint: 'factor.sms.hint',
    hintValues: { ending: '12' },
  },
  phone: {
    type: 'text',
    name: 'phone',
    label: 'factor.sms.setUp.phone',
    hint: 'factor.sms.setUp.hint',
    inputMode: 'tel',
    autocomplete: 'tel',
    maxLength: 40,
  },
  otp: {
    type: 'text',
    name: 'code',
    label: 'factor.yubico-otp.label',
    hint: 'factor.yubico-otp.hint',
    inputMode: 'text',
    autocomplete: 'off',
    maxLength: 64,
  },
  backup: {
    ...sampleField,
    label: 'factor.backup-code.label',
    hint: 'factor.backup-code.hint',
    autocomplete: 'off',
    maxLength: 20,
    wholeLength: 8,
  },
  passkey: { type: 'passkey', name: 'credential' },
} as const satisfies Record<string, FieldSpec>;

const key = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const blocks: SetUpBlock[] = [
  {
    kind: 'qr',
    content: `otpauth://totp/Verzuim%20Portaal:hr.manager?secret=${key}&issuer=Verzuim%20Portaal`,
  },
  { kind: 'key', content: key },
];

const reference = 'K7QM-4ZT2';
const refused = (method: string, reason: Refusal) => ({ kind: 'refused', method, reason }) as const;
/** A code that was sent by text message. */
export const sampleSent = { channel: 'sms', ending: '12', again: false, stateHref: '/delivery' } as const;
const sent = sampleSent;

const second: SecondStepPage = {
  action: '/second-step',
  method: { kind: 'totp', icon: 'app' },
  field: sampleField,
  loginName: 'hr.manager',
  stuckHref: '/stuck',
  startOverAction: '/over',
  optionsAction: '/passkey-options',
};
const secondSms: SecondStepPage = {
  ...second,
  method: { kind: 'sms', icon: 'message' },
  field: fields.sms,
  sent,
};
const secondKey: SecondStepPage = {
  ...second,
  method: { kind: 'webauthn', icon: 'key' },
  field: fields.passkey,
};
const secondOtp: SecondStepPage = {
  ...second,
  method: { kind: 'yubico-otp', icon: 'keyboard' },
  field: fields.otp,
};
const secondBackup: SecondStepPage = {
  ...second,
  method: { kind: 'backup-code', icon: 'paper' },
  field: fields.backup,
};

const stuck: StuckPage = {
  backHref: '/step',
  resend: { action: '/send', channels: ['sms', 'voice'], ending: '12' },
  others: [
    { kind: 'totp', icon: 'app', action: '/method' },
    { kind: 'webauthn', icon: 'key', label: 'Sleutel aan mijn bos', action: '/method' },
  ],
  backupCode: { kind: 'backup-code', icon: 'paper', action: '/method' },
  reference,
  startOverAction: '/over',
};

const method = { blocks: [], stage: 'prove', channels: [], owned: 0 } as const;
/** An app as its page shows it. */
export const sampleApp: EnrolMethod = { ...method, kind: 'totp', icon: 'app', field: sampleField, blocks };
const phone: EnrolMethod = {
  ...method,
  kind: 'sms',
  icon: 'message',
  field: fields.phone,
  stage: 'request',
  channels: ['sms', 'voice'],
};
const smsCode: EnrolMethod = { ...phone, field: fields.sms, stage: 'prove' };
const passkey: EnrolMethod = { ...method, kind: 'webauthn', icon: 'key', field: fields.passkey };
const otp: EnrolMethod = { ...method, kind: 'yubico-otp', icon: 'keyboard', field: fields.otp };
/** The methods as a page shows them that sets them up. */
export const sampleMethods = { app: sampleApp, phone, smsCode, passkey, otp };

const enrolBase = {
  action: '/enrol',
  explanationHref: '/explanation',
  optionsAction: '/passkey-options',
  startOverAction: '/over',
  skipAction: '/skip',
};
const enrolSms: EnrolPage = { ...enrolBase, page: 'sms', methods: [phone], progress: { n: 1, m: 5 } };
const enrolSmsCode: EnrolPage = {
  ...enrolSms,
  methods: [smsCode],
  sent,
  changeAction: '/renew',
  resend: { action: '/send', channels: ['sms', 'voice'] },
};
const enrolKey: EnrolPage = {
  ...enrolBase,
  page: 'yubikey',
  methods: [passkey, otp],
  progress: { n: 2, m: 5 },
  backAction: '/back',
};
const enrolApp: EnrolPage = {
  ...enrolBase,
  page: 'app',
  methods: [sampleApp],
  progress: { n: 3, m: 5 },
  renewAction: '/renew',
  backAction: '/back',
};

const backup: BackupCodePage = {
  code: '0756 6539',
  progress: { n: 4, m: 5 },
  action: '/backup-code',
  smsAction: '/sms',
  printHref: '/print',
  fileHref: '/file',
  renewed: false,
};

const question: SecurityQuestionPage = {
  action: '/security-question',
  questions: [
    { key: 'first-concert', text: 'Naar welk concert ging u als eerste?' },
    { key: 'childhood-nickname', text: 'Wat was uw bijnaam als kind?' },
    { key: 'favourite-teacher', text: 'Welke leraar vond u het leukst?' },
  ],
  typed: { question: '', answer: '', email: '' },
  problems: {},
  progress: { n: 5, m: 5 },
  startOverAction: '/over',
};

const email: ConfirmEmailPage = {
  action: '/confirm-email',
  email: 'hr.manager@werkgever.example',
  sent: 'sent',
  sendAction: '/send',
  skipAction: '/skip',
  changeAction: '/change',
};

const abroad = (frame: PageFrame): PageFrame => ({
  ...frame,
  tenant: { ...frame.tenant, phone: { ...frame.tenant.phone, countries: ['NL', 'BE', 'DE', 'PL'] } },
});

const secondPages: Pages = {
  second: (frame) => secondStepPage(frame, second),
  'second-wrong': (frame) => secondStepPage(frame, { ...second, problem: refused('totp', 'wrong') }),
  'second-empty': (frame) => secondStepPage(frame, { ...second, problem: refused('totp', 'empty') }),
  'second-clock': (frame) => secondStepPage(frame, { ...second, problem: refused('totp', 'clock') }),
  'second-malformed': (frame) => secondStepPage(frame, { ...second, problem: { kind: 'malformed' } }),
  'second-wait': (frame) => secondStepPage(frame, { ...second, problem: { kind: 'wait', seconds: 30 } }),
  'second-sms': (frame) => secondStepPage(frame, secondSms),
  'second-sms-again': (frame) =>
    secondStepPage(frame, { ...secondSms, sent: { ...sent, again: true, state: 'accepted' } }),
  'second-sms-delivered': (frame) =>
    secondStepPage(frame, { ...secondSms, sent: { ...sent, state: 'delivered' } }),
  'second-sms-failed': (frame) => secondStepPage(frame, { ...secondSms, sent: { ...sent, state: 'failed' } }),
  'second-sms-not-sent': (frame) =>
    secondStepPage(frame, {
      ...secondSms,
      sent: undefined,
      problem: { kind: 'send-wait', seconds: 24 },
      resend: { action: '/send', channels: ['sms', 'voice'], waitSeconds: 24 },
    }),
  'second-sms-expired': (frame) =>
    secondStepPage(frame, { ...secondSms, problem: refused('sms', 'expired') }),
  'second-sms-outage': (frame) =>
    secondStepPage(frame, {
      ...secondSms,
      field: { ...fields.sms, hint: undefined },
      sent: undefined,
      problem: refused('sms', 'unavailable'),
    }),
  'second-spoken': (frame) =>
    secondStepPage(frame, {
      ...secondSms,
      field: { ...fields.sms, hint: 'factor.sms.hintSpoken' },
      sent: { ...sent, channel: 'voice', again: true },
    }),
  'second-passkey': (frame) => secondStepPage(frame, secondKey),
  'second-passkey-cancelled': (frame) =>
    secondStepPage(frame, { ...secondKey, problem: refused('webauthn', 'cancelled') }),
  'second-yubikey': (frame) => secondStepPage(frame, secondOtp),
  'second-yubikey-used': (frame) =>
    secondStepPage(frame, { ...secondOtp, problem: refused('yubico-otp', 'used') }),
  'second-backup': (frame) => secondStepPage(frame, secondBackup),
  'second-backup-wrong': (frame) =>
    secondStepPage(frame, { ...secondBackup, problem: refused('backup-code', 'wrong') }),
  stuck: (frame) => stuckPage(frame, stuck),
  'stuck-wait': (frame) =>
    stuckPage(frame, {
      ...stuck,
      resend: { action: '/send', channels: ['sms', 'voice'], ending: '12', waitSeconds: 30 },
      sent: { ...sent, state: 'accepted' },
    }),
  'stuck-sms-only': (frame) => stuckPage(frame, { ...stuck, others: [], backupCode: undefined }),
  'stuck-key-only': (frame) =>
    stuckPage(frame, { ...stuck, resend: undefined, others: [], backupCode: undefined }),
};

const enrolPages: Pages = {
  'enrol-sms': (frame) => enrolPage(frame, enrolSms),
  'enrol-sms-abroad': (frame) => enrolPage(abroad(frame), enrolSms),
  'enrol-sms-wrong': (frame) =>
    enrolPage(frame, {
      ...enrolSms,
      methods: [{ ...phone, field: { ...fields.phone, value: '0612' } }],
      problem: refused('sms', 'phone-number'),
    }),
  'enrol-sms-wait': (frame) => enrolPage(frame, { ...enrolSms, problem: { kind: 'send-wait', seconds: 45 } }),
  'enrol-sms-code': (frame) => enrolPage(frame, enrolSmsCode),
  'enrol-sms-code-wrong': (frame) =>
    enrolPage(frame, {
      ...enrolSmsCode,
      problem: refused('sms', 'wrong'),
      resend: { action: '/send', channels: ['sms', 'voice'], waitSeconds: 30 },
      sent: { ...sent, again: true, state: 'accepted' },
    }),
  'enrol-key': (frame) => enrolPage(frame, enrolKey),
  'enrol-key-works': (frame) => enrolPage(frame, { ...enrolKey, note: 'works' }),
  'enrol-key-cancelled': (frame) =>
    enrolPage(frame, { ...enrolKey, problem: refused('webauthn', 'cancelled') }),
  'enrol-key-code-wrong': (frame) =>
    enrolPage(frame, { ...enrolKey, problem: refused('yubico-otp', 'malformed') }),
  'enrol-key-demanded': (frame) =>
    enrolPage(frame, {
      ...enrolKey,
      demandedBy: 'Medisch dossier',
      progress: undefined,
      backAction: undefined,
      methods: [{ ...passkey, owned: 1 }],
    }),
  enrol: (frame) => enrolPage(frame, enrolApp),
  'enrol-wrong': (frame) =>
    enrolPage(frame, {
      ...enrolApp,
      problem: refused('totp', 'wrong'),
      typed: { label: 'Telefoon van werk' },
    }),
  'enrol-wait': (frame) => enrolPage(frame, { ...enrolApp, problem: { kind: 'wait', seconds: 30 } }),
  'enrol-none-chosen': (frame) => enrolPage(frame, { ...enrolApp, problem: { kind: 'none-chosen' } }),
  'enrol-works-last': (frame) => enrolPage(frame, { ...enrolApp, note: 'works-last' }),
  'enrol-works-many': (frame) => enrolPage(frame, { ...enrolApp, note: 'works-last', ways: 2 }),
  'enrol-code-alone': (frame) => enrolPage(frame, { ...enrolKey, methods: [otp] }),
  'enrol-required': (frame) =>
    enrolPage(frame, { ...enrolApp, skipAction: undefined, skipRefusedWhy: 'required' }),
  stronger: (frame) =>
    strongerPage(frame, {
      why: 'not-allowed',
      applicationName: 'Medisch dossier',
      giveUpAction: '/give-up',
      startOverAction: '/over',
    }),
  'stronger-not-set-up': (frame) =>
    strongerPage(frame, {
      why: 'not-set-up',
      applicationName: 'Medisch dossier',
      giveUpAction: '/give-up',
      backAction: '/back',
      startOverAction: '/over',
    }),
};

const closingPages: Pages = {
  'backup-code': (frame) => backupCodePage(frame, backup),
  'backup-code-sent': (frame) => backupCodePage(frame, { ...backup, smsState: 'sent' }),
  'backup-code-refused': (frame) =>
    backupCodePage(frame, { ...backup, smsState: { refused: 'unavailable' } }),
  'backup-code-wait': (frame) => backupCodePage(frame, { ...backup, smsState: { wait: 60 } }),
  'backup-code-renewed': (frame) =>
    backupCodePage(frame, { ...backup, smsAction: undefined, progress: undefined, renewed: true }),
  'backup-code-letters': (frame) => backupCodePage(frame, { ...backup, code: 'K7QM-4ZT2-9HXWD' }),
  'backup-code-print': (frame) =>
    backupCodePrintPage(frame, {
      code: '0756 6539',
      loginName: 'hr.manager',
      hostName: 'login.verzuim.example',
      madeAt: Date.UTC(2026, 2, 9),
      backHref: '/back',
    }),
  question: (frame) => securityQuestionPage(frame, question),
  'question-wrong': (frame) =>
    securityQuestionPage(frame, {
      ...question,
      typed: { question: 'first-concert', answer: 'hr', email: 'hr.manager' },
      problems: { answer: 'too-short', email: 'malformed' },
    }),
  'question-one-wrong': (frame) =>
    securityQuestionPage(frame, {
      ...question,
      typed: { question: 'first-concert', answer: 'concert', email: 'hr.manager@werkgever.example' },
      problems: { answer: 'too-simple' },
    }),
  'question-malformed': (frame) => securityQuestionPage(frame, { ...question, malformed: true }),
  'question-email': (frame) => securityQuestionPage(frame, { ...question, questions: undefined }),
  email: (frame) => confirmEmailPage(frame, email),
  'email-first': (frame) => confirmEmailPage(frame, { ...email, sent: undefined }),
  'email-again': (frame) => confirmEmailPage(frame, { ...email, sent: 'again', waitSeconds: 30 }),
  'email-wrong': (frame) => confirmEmailPage(frame, { ...email, problem: refused('email', 'wrong') }),
  'email-unavailable': (frame) => confirmEmailPage(frame, { ...email, sent: 'unavailable' }),
};

const explanations: Pages = Object.fromEntries(
  explanationTopics.map((topic) => [
    `explain-${topic}`,
    (frame: PageFrame) =>
      explanationPage(frame, { topic, backHref: '/back', hrefOf: (other) => `/explanation/${other}` }),
  ]),
);

/** The pages behind the password, in every state. */
export const stepPages: Pages = { ...secondPages, ...enrolPages, ...closingPages, ...explanations };
