import type { Account, Locale } from '#src/account/account.ts';
import type { EventContext } from '#src/events.ts';
import type { NoticeContext } from '#src/message/notices.ts';
import type { Session } from '#src/session/ports.ts';
import type { MethodContext } from '#src/sign-in/factor.ts';
import type { Tenant } from '#src/tenant/tenant.ts';

/** The request of a person to their own settings. `interaction`: by what name its session goes in log, audit and codes. */
export interface SettingsTurn extends EventContext {
  tenant: Tenant;
  /** Language of the page, and of what is sent to the person. */
  locale: Locale;
  account: Account;
  session: Session;
}

/** Whom a notice of what was done is for. `now` in milliseconds since the epoch. */
export function noticeContext({ tenant, account }: SettingsTurn, now: number): NoticeContext {
  return { tenant, accountId: account.id, now };
}

/** A turn as a second-step method sees it. `now` in milliseconds since the epoch. */
export function methodContext(turn: SettingsTurn, now: number): MethodContext {
  const { tenant, interaction, locale, address, account, session } = turn;
  const { id: accountId, loginName } = account;
  return { tenant, accountId, loginName, interaction, locale, address, lane: session.facts?.browser, now };
}
