import type { Account, Locale } from '#src/account/account.ts';
import type { EventContext } from '#src/events.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import type { AssuranceDemand } from './demand.ts';
import type { MethodContext } from './factor.ts';
import type { Begun } from './flow-state.ts';

/** The request a turn of a sign-in belongs to. */
export interface Turn extends EventContext {
  tenant: Tenant;
  /** Language of the page, and of what is sent to the person. */
  locale: Locale;
  loginHint: string;
  /** Digest of the mark of a browser that signed in here before, to whichever account. */
  browser?: string | undefined;
  /** That mark, as the browser keeps it. */
  browserMark?: string | undefined;
  demand: AssuranceDemand;
  /** The session of this browser is on a computer that others use too: what is begun in it is so as well. */
  shared?: boolean | undefined;
}

/** A turn as a second-step method sees it. `now` in milliseconds since the epoch. */
export function methodContext(
  { tenant, interaction, locale, address }: Turn,
  person: { accountId: string; loginName: string; begun?: Begun | undefined } | Account,
  now: number,
): MethodContext {
  const accountId = 'accountId' in person ? person.accountId : person.id;
  const { loginName } = person;
  const begun = 'begun' in person ? person.begun : undefined;
  const since = { lane: begun?.lane, recoveredAt: begun?.recoveredAt };
  return { tenant, accountId, loginName, interaction, locale, address, ...since, now };
}
