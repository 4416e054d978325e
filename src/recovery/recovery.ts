import type { Locale } from '#src/account/account.ts';
import type { EventContext } from '#src/events.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import type { LinkPurpose } from './ports.ts';
import type { Lost, RecoveryFlow } from './recovery-flow.ts';

/** The request that a turn of a recovery belongs to. `interaction` in EventContext is a digest of `flowId`. */
export interface RecoveryTurn extends EventContext {
  tenant: Tenant;
  /** Language of the page. */
  locale: Locale;
  /** What the browser's cookie holds: 256 random bits, base64url. The key of its flow; never logged. */
  flowId: string;
}

/** A flow as it stands. `flowId` is new when a link or code was spent (no fixation): the cookie is to be set anew. */
export interface RecoveryOutcome {
  flow: RecoveryFlow;
  flowId: string;
}

/**
 * What a link is good for, for the page that has its button; undefined for one that works no more. `restores`: of a link
 * from a former address, whether that address will be the account's again.
 */
export type LinkLanding = { purpose: LinkPurpose; restores?: boolean } | undefined;

/**
 * What came of "this was not me". Every session, grant and link is over. `closed`: until a recovery; `restored`: likewise,
 * and the former address is the account's again; `held`: until the help desk. `dead`: the link works no more.
 */
export type ReportOutcome = 'closed' | 'restored' | 'held' | 'dead';

/**
 * `wait`: asked for too often; the flow tells it as well, with what was typed, so that the page after the redirect can
 * show it, and so it does what was wrong with a code. Else the flow is at `sent`, whoever was named and whether or not
 * they exist: the same answer, the same work (ground rule 3).
 */
export type AskOutcome =
  | { kind: 'sent'; flow: RecoveryFlow }
  | { kind: 'wait'; until: number }
  | { kind: 'empty' };

/** What came of a link's button or of a code. `dead`: it works no more. */
export type SpendOutcome =
  | ({ kind: 'spent' } & RecoveryOutcome)
  | { kind: 'dead' }
  | { kind: 'wrong' | 'empty' | 'malformed' }
  | { kind: 'wait'; until: number };

/** The turns of recoveries, by mail and by invitation, and of "this was not me". */
export interface Recovery {
  /** Reads only. */
  current(at: RecoveryTurn): Promise<RecoveryFlow>;
  /** Asks for a mail with login names (`typed`: an address), or with a link (`typed`: a login name or an address). */
  ask(at: RecoveryTurn, lost: Lost, typed: string): Promise<AskOutcome>;
  /** Reads only, but for the first time that a button is shown (the status of an invitation). */
  landing(at: RecoveryTurn, token: string): Promise<LinkLanding>;
  /** The button of a link for a password. */
  spendLink(at: RecoveryTurn, token: string): Promise<SpendOutcome>;
  /** The code beside it. `typed` names the person; what was asked for in this browser stands in for it. */
  spendCode(at: RecoveryTurn, of: { typed: string | undefined; code: string }): Promise<SpendOutcome>;
  /** The answer to the security question. */
  answer(at: RecoveryTurn, typed: string): Promise<RecoveryFlow>;
  /** The new password. */
  setPassword(at: RecoveryTurn, typed: string): Promise<RecoveryFlow>;
  /** The button of "this was not me". */
  report(at: RecoveryTurn, token: string): Promise<ReportOutcome>;
  /** Forgets the flow of this browser. */
  startOver(at: RecoveryTurn): Promise<void>;
}
