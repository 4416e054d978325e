import type Router from 'koa-router';
import type { RequestContext } from '#src/request-context.ts';
import { PHONE_CODE_PATH, PHONE_PATH } from '../paths.ts';
import type { Visits } from '../visits.ts';
import { createPhoneSteps, type PhoneParts } from './steps.ts';

/** The paths of the mobile number (R23), as part of the settings. */
export function addPhoneRoutes(router: Router<RequestContext>, visits: Visits, parts: PhoneParts): void {
  const phone = createPhoneSteps(visits, parts);

  router.get(PHONE_PATH, phone.show);
  router.post(PHONE_PATH, phone.request);
  router.get(`${PHONE_PATH}/prove`, phone.prove);
  router.get(PHONE_CODE_PATH, phone.showCode);
  router.post(PHONE_CODE_PATH, phone.submitCode);
  router.post(`${PHONE_PATH}/send`, phone.send);
  router.get(`${PHONE_PATH}/delivery`, phone.delivery);
}
