import type Router from 'koa-router';
import { ACCOUNT_CALLBACK, ACCOUNT_PATH } from '#src/provider/account-client.ts';
import type { RequestContext } from '#src/request-context.ts';
import { createArrival } from './arrival.ts';
import { createOverview, type OverviewParts } from './overview/steps.ts';
import { addPhoneRoutes } from './phone/routes.ts';
import type { PhoneParts } from './phone/steps.ts';
import { addSessionRoutes } from './sessions/routes.ts';
import type { SessionPagesParts } from './sessions/steps.ts';
import { createSignOut, type SignOutParts } from './sign-out/steps.ts';
import { createVisits, type SettingsPageParts } from './visits.ts';

/** Everything that the pages of the settings need, wired by the composition root. */
export interface SettingsParts
  extends SettingsPageParts,
    OverviewParts,
    SignOutParts,
    SessionPagesParts,
    PhoneParts {}

/** The paths of the settings (R14, R15, R23), as part of the path table. */
export function addSettingsRoutes(router: Router<RequestContext>, parts: SettingsParts): void {
  const visits = createVisits(parts);
  const overview = createOverview(visits, parts);
  const signOut = createSignOut(visits, parts);

  router.get(ACCOUNT_PATH, overview.show);
  router.get(ACCOUNT_CALLBACK, createArrival(parts));
  addPhoneRoutes(router, visits, parts);
  addSessionRoutes(router, visits, parts);
  router.post(`${ACCOUNT_PATH}/sign-out`, signOut.submit);
  router.get(`${ACCOUNT_PATH}/signed-out`, signOut.show);
}
