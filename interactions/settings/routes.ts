import type Router from 'koa-router';
import { ACCOUNT_CALLBACK, ACCOUNT_PATH } from '#src/provider/account-client.ts';
import type { RequestContext } from '#src/request-context.ts';
import { createArrival } from './arrival.ts';
import { createEmailSteps, type EmailParts } from './email/steps.ts';
import { createLanguageSteps, type LanguageParts } from './language/steps.ts';
import { addMethodRoutes, type MethodRouteParts } from './methods/routes.ts';
import { createOverview, type OverviewParts } from './overview/steps.ts';
import { createPasswordSteps, type PasswordParts } from './password/steps.ts';
import { addPhoneRoutes } from './phone/routes.ts';
import type { PhoneParts } from './phone/steps.ts';
import { createQuestionSteps, type QuestionParts } from './question/steps.ts';
import { addRecordRoutes, type RecordParts } from './record-routes.ts';
import { addSessionRoutes } from './sessions/routes.ts';
import type { SessionPagesParts } from './sessions/steps.ts';
import { createSignOut, type SignOutParts } from './sign-out/steps.ts';
import { createVisits, type SettingsPageParts, type Visits } from './visits.ts';

/** Everything that the pages of the settings need, wired by the composition root. */
export interface SettingsParts
  extends SettingsPageParts,
    OverviewParts,
    SignOutParts,
    SessionPagesParts,
    RecordParts,
    PasswordParts,
    QuestionParts,
    PhoneParts,
    MethodRouteParts,
    EmailParts,
    LanguageParts {}

/** The paths of the settings (R14, R15, R23), as part of the path table. */
export function addSettingsRoutes(router: Router<RequestContext>, parts: SettingsParts): void {
  const visits = createVisits(parts);
  const overview = createOverview(visits, parts);
  const signOut = createSignOut(visits, parts);

  router.get(ACCOUNT_PATH, overview.show);
  router.get(ACCOUNT_CALLBACK, createArrival(parts));
  addOwnDataRoutes(router, visits, parts);
  addMethodRoutes(router, visits, parts);
  addPhoneRoutes(router, visits, parts);
  addEmailRoutes(router, visits, parts);
  addSessionRoutes(router, visits, parts);
  addRecordRoutes(router, visits, parts);
  router.post(`${ACCOUNT_PATH}/sign-out`, signOut.submit);
  router.get(`${ACCOUNT_PATH}/signed-out`, signOut.show);
}

/** Password, question and language. */
function addOwnDataRoutes(router: Router<RequestContext>, visits: Visits, parts: SettingsParts): void {
  const password = createPasswordSteps(visits, parts);
  const question = createQuestionSteps(visits, parts);
  const language = createLanguageSteps(visits, parts);

  router.get(`${ACCOUNT_PATH}/password`, password.show);
  router.post(`${ACCOUNT_PATH}/password`, password.submit);
  router.get(`${ACCOUNT_PATH}/question`, question.show);
  router.post(`${ACCOUNT_PATH}/question`, question.submit);
  router.get(`${ACCOUNT_PATH}/language`, language.show);
  router.post(`${ACCOUNT_PATH}/language`, language.submit);
}

/** The e-mail address, and the code that proves it. */
function addEmailRoutes(router: Router<RequestContext>, visits: Visits, parts: SettingsParts): void {
  const email = createEmailSteps(visits, parts);

  router.get(`${ACCOUNT_PATH}/email`, email.show);
  router.post(`${ACCOUNT_PATH}/email`, email.submit);
  router.get(`${ACCOUNT_PATH}/email/code`, email.showCode);
  router.post(`${ACCOUNT_PATH}/email/code`, email.submitCode);
  router.post(`${ACCOUNT_PATH}/email/send`, email.send);
  router.post(`${ACCOUNT_PATH}/email/cancel`, email.cancel);
}
