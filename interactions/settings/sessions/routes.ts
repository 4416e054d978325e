import type Router from 'koa-router';
import type { RequestContext } from '#src/request-context.ts';
import { APPLICATIONS_PATH, BROWSERS_PATH, SESSIONS_PATH } from '../paths.ts';
import type { Visits } from '../visits.ts';
import { createSessionPages, type SessionPagesParts } from './steps.ts';

/** The paths of sessions, known browsers and applications with access, as part of the path table. */
export function addSessionRoutes(
  router: Router<RequestContext>,
  visits: Visits,
  parts: SessionPagesParts,
): void {
  const pages = createSessionPages(visits, parts);

  router.get(SESSIONS_PATH, pages.show);
  router.post(`${SESSIONS_PATH}/end`, pages.end);
  router.post(`${SESSIONS_PATH}/end-others`, pages.endOthers);
  router.post(`${SESSIONS_PATH}/end-all`, pages.endAll);
  router.post(`${BROWSERS_PATH}/forget`, pages.forget);
  router.post(`${BROWSERS_PATH}/forget-others`, pages.forgetOthers);
  router.get(APPLICATIONS_PATH, pages.applications);
  router.post(`${APPLICATIONS_PATH}/withdraw`, pages.withdraw);
}
