import type { Suspender } from '#src/account/account.ts';
import type { AccountStore } from '#src/account/ports.ts';
import { comparableEmail } from '#src/account/profile.ts';
import type { Clock } from '#src/clock.ts';
import type { EnrolmentStore } from '#src/enrolment/ports.ts';
import { asksQuestion } from '#src/enrolment/security-question.ts';
import type { RecoveryEvents } from '#src/events.ts';
import type { NoticeKind } from '#src/message/notices.ts';
import { secretHash } from '#src/secret/secret-hash.ts';
import type { FactorStore } from '#src/sign-in/ports.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import { readToken } from './mail-links.ts';
import type { MailLink, MailLinkStore } from './ports.ts';
import type { LinkLanding, RecoveryTurn, ReportOutcome } from './recovery.ts';
import type { EndAccount } from './set-password.ts';
import { bringsBack, type FormerMailbox } from './way-back.ts';

export interface ReportParts {
  links: Pick<MailLinkStore, 'find' | 'spend' | 'endAll'>;
  accounts: Pick<AccountStore, 'setSuspended' | 'restoreEmail' | 'findStanding'>;
  enrolments: Pick<EnrolmentStore, 'findQuestion'>;
  factors: Pick<FactorStore, 'list'>;
  endAccount: EndAccount;
  events: Pick<RecoveryEvents, 'reported'>;
  /** Settles once the person's notices are in the queue. `formerEmail` is told as well. */
  tell(tenant: Tenant, accountId: string, what: NoticeKind, formerEmail?: string): Promise<void>;
  clock: Clock;
}

/** How an account was closed. */
interface Closing {
  outcome: Exclude<ReportOutcome, 'dead'>;
  /** The proved address that the former one took the place of again. */
  replaced?: string | undefined;
}

const NOTICES = {
  closed: 'account-closed',
  held: 'account-held',
  restored: 'email-restored',
} as const satisfies Record<Closing['outcome'], NoticeKind>;

/** Finds out what a link from a former mailbox does, before it is pressed and when it is. */
function createMailboxOf({ accounts, enrolments, factors }: ReportParts) {
  return async ({ tenant }: RecoveryTurn, { accountId, formerEmail }: MailLink): Promise<FormerMailbox> => {
    const [question, owned, standing] = await Promise.all([
      enrolments.findQuestion(tenant.id, accountId),
      factors.list(tenant.id, accountId),
      accounts.findStanding(tenant.id, accountId),
    ]);
    return {
      formerEmail,
      asksQuestion: asksQuestion(tenant) && question !== undefined,
      hasSecondStep: owned.length > 0,
      held: standing?.suspendedBy === 'former-address',
    };
  };
}

/** Closes an account in the way that its link stands for; undefined when it is not there any more. */
function createClosing(parts: ReportParts) {
  const { accounts } = parts;
  const mailboxOf = createMailboxOf(parts);

  const putBack = async (at: RecoveryTurn, link: MailLink, now: number): Promise<Closing | undefined> => {
    const mailbox = await mailboxOf(at, link);
    if (!bringsBack(mailbox)) return undefined;
    const { formerEmail: email } = mailbox;
    const done = await accounts.restoreEmail(at.tenantId, link.accountId, { email, at: now });
    if (done === undefined) return undefined;
    const { replaced } = done;
    const isOther = replaced !== undefined && comparableEmail(replaced) !== comparableEmail(email);
    return { outcome: 'restored', replaced: isOther ? replaced : undefined };
  };

  return async (at: RecoveryTurn, link: MailLink, now: number): Promise<Closing | undefined> => {
    const restored = link.purpose === 'former-address' ? await putBack(at, link, now) : undefined;
    if (restored !== undefined) return restored;
    const by: Suspender = link.purpose === 'report' ? 'person' : 'former-address';
    const closed = await accounts.setSuspended(at.tenantId, link.accountId, { by, at: now });
    return closed ? { outcome: by === 'person' ? 'closed' : 'held' } : undefined;
  };
}

/**
 * "This was not me" (ground rule 7): closes the account, ends every session, grant and link. At an address of the account
 * it is closed until a recovery; at a former one as `bringsBack` says. `dead` for a link that works no more. Cut off
 * half-way it can be pressed again, by anybody who has the link: it closes once more.
 */
export function createReportAccount(parts: ReportParts) {
  const { links, endAccount, events, tell, clock } = parts;
  const close = createClosing(parts);
  return async (at: RecoveryTurn, token: string): Promise<ReportOutcome> => {
    const { tenantId } = at;
    const read = readToken(token);
    if (read === undefined) return 'dead';
    const now = clock.now();
    const found = await links.find(tenantId, read.tokenHash, now);
    // A link for something else is left as it is.
    if (found?.purpose === 'reset' || found?.purpose === 'invitation') return 'dead';
    const link = await links.spend(tenantId, read.tokenHash, secretHash(`report ${token}`), now);
    if (link?.purpose !== 'report' && link?.purpose !== 'former-address') return 'dead';
    const { accountId, purpose, createdAt } = link;
    const closing = await close(at, link, now);
    if (closing === undefined) return 'dead';
    const { outcome, replaced } = closing;
    // Whoever pressed it may not be the person: every channel hears of it (ground rule 7), whatever fails from here on.
    const told = tell(at.tenant, accountId, NOTICES[outcome], replaced);
    try {
      const { sessions } = await endAccount(at.tenant, accountId);
      const but = purpose === 'report' ? 'former-addresses' : ({ formerBefore: createdAt } as const);
      await links.endAll(tenantId, accountId, now, but);
      const by = purpose === 'report' ? 'person' : 'former-address';
      events.reported(at, { account: accountId, by, sessions, restored: outcome === 'restored' });
    } finally {
      await told;
    }
    return outcome;
  };
}

/** What the button of a link from a former address will do, for the page that has it. */
export function createReportLanding(parts: ReportParts) {
  const mailboxOf = createMailboxOf(parts);
  return async (at: RecoveryTurn, token: string, landing: LinkLanding): Promise<LinkLanding> => {
    const read = readToken(token);
    if (landing?.purpose !== 'former-address' || read === undefined) return landing;
    const link = await parts.links.find(at.tenantId, read.tokenHash, parts.clock.now());
    return link && { ...landing, restores: bringsBack(await mailboxOf(at, link)) };
  };
}
