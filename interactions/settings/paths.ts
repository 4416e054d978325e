import { ACCOUNT_PATH } from '#src/provider/account-client.ts';

/* Every page of the settings; what a form of a page does is under the path of that page. */

export const PASSWORD_PATH = `${ACCOUNT_PATH}/password`;
export const QUESTION_PATH = `${ACCOUNT_PATH}/question`;
export const LANGUAGE_PATH = `${ACCOUNT_PATH}/language`;

export const PHONE_PATH = `${ACCOUNT_PATH}/phone`;
/** Where the code that was sent to a new number is typed. */
export const PHONE_CODE_PATH = `${PHONE_PATH}/code`;

export const EMAIL_PATH = `${ACCOUNT_PATH}/email`;
/** Where the code that was sent to a new address is typed. */
export const EMAIL_CODE_PATH = `${EMAIL_PATH}/code`;

export const BACKUP_CODE_PATH = `${ACCOUNT_PATH}/backup-code`;
/** Where a new backup code is shown, and made. */
export const NEW_BACKUP_CODE_PATH = `${BACKUP_CODE_PATH}/new`;

/** The list of second-step methods. */
export const METHODS_PATH = `${ACCOUNT_PATH}/methods`;

/** Where a person sees where they are signed in. */
export const SESSIONS_PATH = `${ACCOUNT_PATH}/sessions`;
/** Browsers that are known; they are shown beside the sessions. */
export const BROWSERS_PATH = `${ACCOUNT_PATH}/browsers`;
/** What applications hold. */
export const APPLICATIONS_PATH = `${ACCOUNT_PATH}/applications`;

export const ACTIVITY_PATH = `${ACCOUNT_PATH}/activity`;
export const DATA_PATH = `${ACCOUNT_PATH}/data`;

export const SIGN_OUT_PATH = `${ACCOUNT_PATH}/sign-out`;
export const SIGNED_OUT_PATH = `${ACCOUNT_PATH}/signed-out`;

/** The page of one method. */
export function methodPath(id: string): string {
  return `${METHODS_PATH}/${id}`;
}

/** The page on which another method is set up. */
export function addPath(page: string): string {
  return `${METHODS_PATH}/add/${page}`;
}
