import type { AccountStore } from '#src/account/ports.ts';
import type { Clock } from '#src/clock.ts';
import type { RecoveryEvents } from '#src/events.ts';
import type { NoticeKind } from '#src/message/notices.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import { readToken, secretHash } from './mail-links.ts';
import type { MailLinkStore } from './ports.ts';
import type { RecoveryTurn } from './recovery.ts';
import type { EndAccount } from './set-password.ts';

export interface ReportParts {
  links: Pick<MailLinkStore, 'find' | 'spend' | 'endAll'>;
  accounts: Pick<AccountStore, 'setSuspended'>;
  endAccount: EndAccount;
  events: Pick<RecoveryEvents, 'reported'>;
  /** Settles once the person's notices are in the queue. */
  tell(tenant: Tenant, accountId: string, what: NoticeKind): Promise<void>;
  clock: Clock;
}

/**
 * "This was not me" (ground rule 7): closes the account until a recovery, ends every session, grant and link. False for a
 * link that works no more. Cut off half-way it can be pressed again, by anybody who has the link: it only ever closes.
 */
export function createReportAccount({ links, accounts, endAccount, events, tell, clock }: ReportParts) {
  return async (at: RecoveryTurn, token: string): Promise<boolean> => {
    const { tenantId } = at;
    const read = readToken(token);
    if (read === undefined) return false;
    const now = clock.now();
    const found = await links.find(tenantId, read.tokenHash, now);
    // A link for something else is left as it is.
    if (found?.purpose === 'reset' || found?.purpose === 'invitation') return false;
    const link = await links.spend(tenantId, read.tokenHash, secretHash(`report ${token}`), now);
    if (link?.purpose !== 'report' && link?.purpose !== 'former-address') return false;
    const { accountId, purpose } = link;
    const by = purpose === 'report' ? 'person' : 'former-address';
    if (!(await accounts.setSuspended(tenantId, accountId, { by, at: now }))) return false;
    const { sessions } = await endAccount(tenantId, accountId);
    await links.endAll(tenantId, accountId, now);
    events.reported(at, { account: accountId, by, sessions });
    // Whoever pressed it may not be the person: every channel hears of it (ground rule 7).
    await tell(at.tenant, accountId, 'account-closed');
    return true;
  };
}
