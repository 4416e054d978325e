import Router from 'koa-router';
import type { RequestContext } from '#src/request-context.ts';
import { restartAddress } from '#src/tenant/restart.ts';
import { type ConsentParts, createConsentAnswers } from './consent/answer.ts';
import { LANGUAGE_PATH } from './frame.ts';
import { formBody } from './http/form.ts';
import { chooseLanguage } from './http/language.ts';
import { sameOrigin } from './http/same-origin.ts';
import { createSteps, type StepParts } from './sign-in/steps.ts';
import { seeOther } from './sign-in/turn.ts';

/** THE path table: every page of ours, in one place. What is not in it goes to the provider. */
export function createRoutes(parts: StepParts & ConsentParts) {
  const steps = createSteps(parts);
  const consent = createConsentAnswers(parts);
  const router = new Router<RequestContext>();

  router.use(sameOrigin(), formBody());

  // A direct visit or a bookmark starts at the application, which then sends the browser here (C 8).
  router.get('/', (ctx) => seeOther(ctx, restartAddress(ctx.state.tenant)));

  router.get('/interaction/:uid', steps.show);
  router.get('/interaction/:uid/recover', steps.recover);
  router.post('/interaction/:uid/password', steps.password);
  router.post('/interaction/:uid/second-step', steps.secondStep);
  router.post('/interaction/:uid/enrol', steps.enrol);
  router.post('/interaction/:uid/start-over', steps.startOver);
  router.post('/interaction/:uid/consent', consent.allow);
  router.post('/interaction/:uid/deny', consent.deny);
  router.post(LANGUAGE_PATH, chooseLanguage());

  return router.routes();
}
