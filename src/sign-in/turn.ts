import type { Account, Locale } from '#src/account/account.ts';
import type { EventContext } from '#src/events.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import type { AssuranceDemand } from './demand.ts';
import type { MethodContext } from './factor.ts';

/** The request a turn of a sign-in belongs to. */
export interface Turn extends EventContext {
  tenant: Tenant;
  /** Language of the page, and of what is sent to the person. */
  locale: Locale;
  loginHint: string;
  demand: AssuranceDemand;
}

/** A turn as a second-step method sees it. `now` in milliseconds since the epoch. */
export function methodContext(
  { tenant, interaction, locale, address }: Turn,
  person: { accountId: string; loginName: string } | Account,
  now: number,
): MethodContext {
  const accountId = 'accountId' in person ? person.accountId : person.id;
  return { tenant, accountId, loginName: person.loginName, interaction, locale, address, now };
}
