import { languagePage } from '#interactions/settings/language/language.view.ts';
import { type PasswordPage, passwordPage } from '#interactions/settings/password/password.view.ts';
import { type QuestionPage, questionPage } from '#interactions/settings/question/question.view.ts';
import { type Pages, PICTURED_AT, visitIn } from './gallery-visit.ts';

const password: PasswordPage = {
  ...{ action: '/account/password', loginName: 'j.de.vries', since: String(PICTURED_AT) },
  ...{ remembered: false, problem: undefined, recoverHref: '/recover' },
};

const questions = [
  { key: 'first-concert', text: 'Naar welk concert ging u als eerste?' },
  { key: 'childhood-nickname', text: 'Wat was uw bijnaam als kind?' },
];
const question: QuestionPage = {
  ...{ action: '/account/question', questions, now: 'Wat was uw bijnaam als kind?' },
  ...{ typed: { question: '', answer: '' }, problems: {} },
};

/** Password, question and language. */
export const ownPages: Pages = {
  'settings-password': (frame) => passwordPage(visitIn(frame), password),
  'settings-password-wrong': (frame) =>
    passwordPage(visitIn(frame), { ...password, remembered: true, problem: { kind: 'wrong' } }),
  'settings-password-empty': (frame) =>
    passwordPage(visitIn(frame), { ...password, problem: { kind: 'empty', current: true, next: true } }),
  'settings-password-refused': (frame) =>
    passwordPage(visitIn(frame), {
      ...password,
      problem: { kind: 'refused', faults: ['too-short', 'context'] },
    }),
  'settings-password-wait': (frame) =>
    passwordPage(visitIn(frame, { resumed: true, shared: true }), {
      ...{ ...password, remembered: true, problem: { kind: 'wait', seconds: 90 } },
    }),
  'settings-question': (frame) => questionPage(visitIn(frame), question),
  'settings-question-wrong': (frame) =>
    questionPage(visitIn(frame), {
      ...question,
      now: undefined,
      typed: { question: 'first-concert', answer: 'hr' },
      problems: { answer: 'too-short' },
    }),
  'settings-language': (frame) =>
    languagePage(visitIn(frame), { action: '/account/language', now: frame.locale }),
};
