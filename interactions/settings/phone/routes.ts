import type Router from 'koa-router';
import { ACCOUNT_PATH } from '#src/provider/account-client.ts';
import type { RequestContext } from '#src/request-context.ts';
import type { Visits } from '../visits.ts';
import { createPhoneSteps, type PhoneParts } from './steps.ts';

/** The paths of the mobile number (R23), as part of the settings. */
export function addPhoneRoutes(router: Router<RequestContext>, visits: Visits, parts: PhoneParts): void {
  const phone = createPhoneSteps(visits, parts);

  router.get(`${ACCOUNT_PATH}/phone`, phone.show);
  router.post(`${ACCOUNT_PATH}/phone`, phone.request);
  router.get(`${ACCOUNT_PATH}/phone/prove`, phone.prove);
  router.get(`${ACCOUNT_PATH}/phone/code`, phone.showCode);
  router.post(`${ACCOUNT_PATH}/phone/code`, phone.submitCode);
  router.post(`${ACCOUNT_PATH}/phone/send`, phone.send);
  router.get(`${ACCOUNT_PATH}/phone/delivery`, phone.delivery);
}
