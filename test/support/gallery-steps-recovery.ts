import { askPage } from '#interactions/recovery/ask.view.ts';
import { recoverCodePage, recoverDeadPage } from '#interactions/recovery/code.view.ts';
import { recoverDonePage } from '#interactions/recovery/done.view.ts';
import { recoverLinkPage } from '#interactions/recovery/link.view.ts';
import { type NewPasswordPage, newPasswordPage } from '#interactions/recovery/new-password.view.ts';
import {
  notMeDeadPage,
  notMeDonePage,
  notMeHeldPage,
  notMePage,
} from '#interactions/recovery/not-me.view.ts';
import { placeOfInteraction } from '#interactions/recovery/place.ts';
import { type RecoverQuestionPage, recoverQuestionPage } from '#interactions/recovery/question.view.ts';
import { recoverPage } from '#interactions/recovery/recover.view.ts';
import { recoverSentPage, type SentPage } from '#interactions/recovery/sent.view.ts';
import type { PageFrame } from '#interactions/views/page.ts';

type Pages = Readonly<Record<string, (frame: PageFrame) => string>>;

const place = placeOfInteraction('Yk3v9QxD0mT7sLw2');
const token = 'pV1mB8Zc4nKq7rT0yXwGh3JdLsEo5uAi9fR2tUbCkNM';

const asked: SentPage = { lost: 'password', place, typed: 'hr.manager' };
const gate: RecoverQuestionPage = { place, question: 'Naar welk concert ging u als eerste?' };
const fresh: NewPasswordPage = { place, purpose: 'reset', loginName: 'hr.manager', faults: [] };

const asking: Pages = {
  recover: (frame) => recoverPage(frame, place),
  'recover-login-name': (frame) => askPage(frame, { lost: 'login-name', place, typed: '' }),
  'recover-login-name-empty': (frame) =>
    askPage(frame, { lost: 'login-name', place, typed: '', problem: 'empty' }),
  'recover-login-name-wait': (frame) =>
    askPage(frame, {
      lost: 'login-name',
      place,
      typed: 'hr.manager@werkgever.example',
      problem: { wait: 1200 },
    }),
  'recover-password': (frame) => askPage(frame, { lost: 'password', place, typed: '' }),
  'recover-password-empty': (frame) =>
    askPage(frame, { lost: 'password', place, typed: ' ', problem: 'empty' }),
  'recover-password-malformed': (frame) =>
    askPage(frame, { lost: 'password', place, typed: '', problem: 'unreadable' }),
  'recover-password-wait': (frame) =>
    askPage(frame, { lost: 'password', place, typed: 'hr.manager', problem: { wait: 45 } }),
  'recover-sent-login-name': (frame) =>
    recoverSentPage(frame, { ...asked, lost: 'login-name', typed: 'hr.manager@werkgever.example' }),
  'recover-sent': (frame) => recoverSentPage(frame, { ...asked, waitSeconds: 60 }),
  'recover-sent-long': (frame) => recoverSentPage(frame, { ...asked, typed: 'w'.repeat(320) }),
  'recover-sent-wrong': (frame) => recoverSentPage(frame, { ...asked, problem: 'wrong' }),
  'recover-sent-wait': (frame) =>
    recoverSentPage(frame, { ...asked, problem: { wait: 30 }, waitSeconds: 20 }),
};

const spending: Pages = {
  'recover-code': (frame) => recoverCodePage(frame, { place, loginName: '' }),
  'recover-code-wrong': (frame) =>
    recoverCodePage(frame, { place, loginName: 'hr.manager', problem: 'wrong' }),
  'recover-code-wait': (frame) =>
    recoverCodePage(frame, { place, loginName: 'hr.manager', problem: { wait: 120 } }),
  'recover-link': (frame) => recoverLinkPage(frame, { place, token, purpose: 'reset' }),
  'recover-link-invitation': (frame) => recoverLinkPage(frame, { place, token, purpose: 'invitation' }),
  'recover-dead': (frame) => recoverDeadPage(frame, { place }),
};

const password: Pages = {
  'recover-question': (frame) => recoverQuestionPage(frame, gate),
  'recover-question-empty': (frame) => recoverQuestionPage(frame, { ...gate, problem: 'empty' }),
  'recover-question-wrong': (frame) => recoverQuestionPage(frame, { ...gate, problem: 'wrong' }),
  'recover-question-wait': (frame) => recoverQuestionPage(frame, { ...gate, problem: { wait: 60 } }),
  'new-password': (frame) => newPasswordPage(frame, fresh),
  'new-password-first': (frame) => newPasswordPage(frame, { ...fresh, purpose: 'invitation' }),
  'new-password-leaked': (frame) => newPasswordPage(frame, { ...fresh, faults: ['leaked'] }),
  'new-password-refused': (frame) =>
    newPasswordPage(frame, { ...fresh, faults: ['too-short', 'listed', 'context'] }),
  'new-password-malformed': (frame) => newPasswordPage(frame, { ...fresh, malformed: true }),
  'recover-done': (frame) => recoverDonePage(frame, { place, purpose: 'reset', loginName: 'hr.manager' }),
  'recover-done-first': (frame) =>
    recoverDonePage(frame, { place, purpose: 'invitation', loginName: 'hr.manager' }),
};

const report: Pages = {
  'not-me': (frame) => notMePage(frame, { place, token }),
  'not-me-restores': (frame) => notMePage(frame, { place, token, does: 'restores' }),
  'not-me-holds': (frame) => notMePage(frame, { place, token, does: 'holds' }),
  'not-me-held': (frame) => notMeHeldPage(frame),
  'not-me-done': (frame) => notMeDonePage(frame, place),
  'not-me-dead': (frame) => notMeDeadPage(frame, place),
  'not-me-malformed': (frame) => notMeDeadPage(frame, place, { malformed: true }),
};

/** The pages of recovery, of invitations and of "this was not me", in every state. */
export const recoveryPages: Pages = { ...asking, ...spending, ...password, ...report };
