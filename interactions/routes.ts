import Router from 'koa-router';
import type { RequestContext } from '#src/request-context.ts';
import { restartAddress } from '#src/tenant/restart.ts';
import { type ConsentParts, createConsentAnswers } from './consent/answer.ts';
import { createEnrolmentSteps, type EnrolmentParts } from './enrolment/steps.ts';
import { LANGUAGE_PATH } from './frame.ts';
import { createHelpSteps } from './help/steps.ts';
import { formBody } from './http/form.ts';
import { chooseLanguage } from './http/language.ts';
import { sameOrigin } from './http/same-origin.ts';
import { createRecoverySteps, type RecoveryParts } from './recovery/steps.ts';
import { addSettingsRoutes, type SettingsParts } from './settings/routes.ts';
import { createSteps, type StepParts } from './sign-in/steps.ts';
import { seeOther } from './sign-in/turn.ts';
import { HELP_PATH } from './views/help-link.ts';

/** THE path table: every page of ours, in one place. What is not in it goes to the provider. */
export function createRoutes(
  parts: StepParts & EnrolmentParts & ConsentParts & RecoveryParts & { settings: SettingsParts },
) {
  const steps = createSteps(parts);
  const enrolment = createEnrolmentSteps(parts);
  const consent = createConsentAnswers(parts);
  const recovery = createRecoverySteps(parts);
  const help = createHelpSteps(parts);
  const router = new Router<RequestContext>();

  router.use(sameOrigin(), formBody());

  // A direct visit or a bookmark starts at the application, which then sends the browser here (C 8).
  router.get('/', (ctx) => seeOther(ctx, restartAddress(ctx.state.tenant)));

  router.get('/interaction/:uid', steps.show);
  router.get('/interaction/:uid/recover', steps.recover);
  router.get('/interaction/:uid/explanation/:topic', steps.explanation);
  router.post('/interaction/:uid/password', steps.password);
  router.post('/interaction/:uid/start-over', steps.startOver);

  router.post('/interaction/:uid/second-step', steps.secondStep);
  router.get('/interaction/:uid/stuck', steps.stuck);
  router.get('/interaction/:uid/delivery', steps.delivery);
  router.post('/interaction/:uid/send', steps.send);
  router.post('/interaction/:uid/method', steps.method);
  router.post('/interaction/:uid/passkey-options', steps.passkeyOptions);
  router.post('/interaction/:uid/give-up', steps.giveUp);

  router.post('/interaction/:uid/enrol', enrolment.enrol);
  router.post('/interaction/:uid/enrol/send', enrolment.send);
  router.post('/interaction/:uid/enrol/renew', enrolment.renew);
  router.post('/interaction/:uid/skip', enrolment.skip);
  router.post('/interaction/:uid/back', enrolment.back);

  router.post('/interaction/:uid/backup-code', enrolment.keepBackupCode);
  router.post('/interaction/:uid/backup-code/sms', enrolment.sendBackupCode);
  router.get('/interaction/:uid/backup-code/print', enrolment.printBackupCode);
  router.get('/interaction/:uid/backup-code/file', enrolment.backupCodeFile);
  router.post('/interaction/:uid/security-question', enrolment.securityQuestion);
  router.post('/interaction/:uid/confirm-email', enrolment.confirmEmail);
  router.post('/interaction/:uid/confirm-email/send', enrolment.sendEmailCode);
  router.post('/interaction/:uid/confirm-email/change', enrolment.changeEmail);

  router.post('/interaction/:uid/consent', consent.allow);
  router.post('/interaction/:uid/deny', consent.deny);
  router.get(HELP_PATH, help.list);
  router.get(`${HELP_PATH}/:topic`, help.topic);
  router.get('/recover', recovery.choose);
  router.get('/recover/login-name', recovery.loginName.show);
  router.post('/recover/login-name', recovery.loginName.submit);
  router.get('/recover/password', recovery.password.show);
  router.post('/recover/password', recovery.password.submit);
  router.get('/recover/step', recovery.step);
  router.get('/recover/code', recovery.code);
  router.post('/recover/code', recovery.spendCode);
  router.get('/recover/link', recovery.link);
  router.post('/recover/link', recovery.spendLink);
  router.get('/recover/dead', recovery.dead);
  router.post('/recover/question', recovery.question);
  router.post('/recover/new-password', recovery.newPassword);
  router.get('/not-me', recovery.notMe);
  router.post('/not-me', recovery.confirmNotMe);
  router.get('/not-me/done', recovery.notMeDone);
  router.get('/not-me/restored', recovery.notMeRestored);
  router.get('/not-me/held', recovery.notMeHeld);
  router.get('/not-me/dead', recovery.notMeDead);

  addSettingsRoutes(router, parts.settings);
  router.post(LANGUAGE_PATH, chooseLanguage());

  return router.routes();
}
