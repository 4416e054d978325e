import type Router from 'koa-router';
import { ACCOUNT_PATH } from '#src/provider/account-client.ts';
import type { RequestContext } from '#src/request-context.ts';
import type { Visits } from '../visits.ts';
import { createEmailSteps, type EmailParts } from './steps.ts';

/** The paths of the e-mail address, and of the code that proves it, as part of the settings. */
export function addEmailRoutes(router: Router<RequestContext>, visits: Visits, parts: EmailParts): void {
  const email = createEmailSteps(visits, parts);

  router.get(`${ACCOUNT_PATH}/email`, email.show);
  router.post(`${ACCOUNT_PATH}/email`, email.submit);
  router.get(`${ACCOUNT_PATH}/email/code`, email.showCode);
  router.post(`${ACCOUNT_PATH}/email/code`, email.submitCode);
  router.post(`${ACCOUNT_PATH}/email/send`, email.send);
  router.post(`${ACCOUNT_PATH}/email/cancel`, email.cancel);
}
