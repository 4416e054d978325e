import type { InteractionContext } from '../sign-in/turn.ts';

/** Stands in the address of a page that tells what came of the last form. */
const TRIED = 'tried';

/** The address of a page that is to tell it. */
export function triedPath(path: string): string {
  return `${path}?${TRIED}=1`;
}

/** Whether this page is to tell it: a page that is opened anew begins anew. */
export function isTried({ query }: Pick<InteractionContext, 'query'>): boolean {
  return query[TRIED] !== undefined;
}
