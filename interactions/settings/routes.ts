import type Router from 'koa-router';
import { ACCOUNT_CALLBACK, ACCOUNT_PATH } from '#src/provider/account-client.ts';
import type { RequestContext } from '#src/request-context.ts';
import { type ActivityParts, createActivitySteps } from './activity/steps.ts';
import { createArrival } from './arrival.ts';
import { addBackupCodeRoutes } from './backup-code/routes.ts';
import type { BackupCodeSettingParts } from './backup-code/steps.ts';
import { addEmailRoutes } from './email/routes.ts';
import type { EmailParts } from './email/steps.ts';
import { createLanguageSteps, type LanguageParts } from './language/steps.ts';
import { addMethodRoutes, type MethodRouteParts } from './methods/routes.ts';
import { createOverview, type OverviewParts } from './overview/steps.ts';
import { createDataSteps, type DataParts } from './own-data/steps.ts';
import { createPasswordSteps, type PasswordParts } from './password/steps.ts';
import {
  ACTIVITY_PATH,
  DATA_PATH,
  LANGUAGE_PATH,
  PASSWORD_PATH,
  QUESTION_PATH,
  SIGN_OUT_PATH,
  SIGNED_OUT_PATH,
} from './paths.ts';
import { addPhoneRoutes } from './phone/routes.ts';
import type { PhoneParts } from './phone/steps.ts';
import { createQuestionSteps, type QuestionParts } from './question/steps.ts';
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
    BackupCodeSettingParts,
    ActivityParts,
    DataParts,
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
  addBackupCodeRoutes(router, visits, parts);
  addRecordRoutes(router, visits, parts);
  router.post(SIGN_OUT_PATH, signOut.submit);
  router.get(SIGNED_OUT_PATH, signOut.show);
}

/** Password, question and language. */
function addOwnDataRoutes(router: Router<RequestContext>, visits: Visits, parts: SettingsParts): void {
  const password = createPasswordSteps(visits, parts);
  const question = createQuestionSteps(visits, parts);
  const language = createLanguageSteps(visits, parts);

  router.get(PASSWORD_PATH, password.show);
  router.post(PASSWORD_PATH, password.submit);
  router.get(QUESTION_PATH, question.show);
  router.post(QUESTION_PATH, question.submit);
  router.get(LANGUAGE_PATH, language.show);
  router.post(LANGUAGE_PATH, language.submit);
}

/** What happened, and what is kept. */
function addRecordRoutes(router: Router<RequestContext>, visits: Visits, parts: SettingsParts): void {
  const activity = createActivitySteps(visits, parts);
  const data = createDataSteps(visits, parts);

  router.get(ACTIVITY_PATH, activity.show);
  router.get(DATA_PATH, data.show);
  router.post(`${DATA_PATH}/export`, data.export);
}
