import { ACCOUNT_PATH } from '#src/provider/account-client.ts';

/** The list of methods. */
export const METHODS_PATH = `${ACCOUNT_PATH}/methods`;

/** The page of one method. */
export function methodPath(id: string): string {
  return `${METHODS_PATH}/${id}`;
}

/** The page on which another one is set up. */
export function addPath(page: string): string {
  return `${METHODS_PATH}/add/${page}`;
}
