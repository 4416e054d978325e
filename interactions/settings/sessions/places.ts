import { ACCOUNT_PATH } from '#src/provider/account-client.ts';

/** Where a person sees where they are signed in. */
export const SESSIONS_PATH = `${ACCOUNT_PATH}/sessions`;

/** Browsers that are known; they are shown beside the sessions. */
export const BROWSERS_PATH = `${ACCOUNT_PATH}/browsers`;

/** What applications hold. */
export const APPLICATIONS_PATH = `${ACCOUNT_PATH}/applications`;
