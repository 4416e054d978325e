import type Router from 'koa-router';
import type { RequestContext } from '#src/request-context.ts';
import { EMAIL_CODE_PATH, EMAIL_PATH } from '../paths.ts';
import type { Visits } from '../visits.ts';
import { createEmailSteps, type EmailParts } from './steps.ts';

/** The paths of the e-mail address, and of the code that proves it, as part of the settings. */
export function addEmailRoutes(router: Router<RequestContext>, visits: Visits, parts: EmailParts): void {
  const email = createEmailSteps(visits, parts);

  router.get(EMAIL_PATH, email.show);
  router.post(EMAIL_PATH, email.submit);
  router.get(EMAIL_CODE_PATH, email.showCode);
  router.post(EMAIL_CODE_PATH, email.submitCode);
  router.post(`${EMAIL_PATH}/send`, email.send);
  router.post(`${EMAIL_PATH}/cancel`, email.cancel);
}
