import { randomUUID } from 'node:crypto';
import type { Account } from '#src/account/account.ts';
import { canonicalLoginName } from '#src/account/login-name.ts';
import type { AccountStore } from '#src/account/ports.ts';
import type { Clock } from '#src/clock.ts';
import type { MessageQueue } from '#src/message/queue-ports.ts';
import { queuedMessage } from '#src/message/queued-message.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import type { MailLinks } from './mail-links.ts';
import type { RecoveryMailRenderer } from './mails.ts';
import type { MailLinkStore } from './ports.ts';

const DAY = 24 * 60 * 60_000;

/**
 * What came of an invitation. `again`: one before it ended. Refused: there is a password already (the way is a new one,
 * by the person), there is no address, or nobody may get into the account. `expiresAt` in milliseconds since the epoch.
 */
export type InviteOutcome =
  | { kind: 'invited'; again: boolean; expiresAt: number }
  | { kind: 'has-password' | 'no-address' | 'closed' };

interface Parts {
  accounts: Pick<AccountStore, 'findForSignIn'>;
  links: Pick<MailLinks, 'issue'>;
  invitations: Pick<MailLinkStore, 'invitation'>;
  queue: MessageQueue;
  render: Pick<RecoveryMailRenderer, 'invitation'>;
  clock: Clock;
}

/**
 * Invites a person to a first password: mails login name and a link that works once (`tenant.recovery.invitationDays`).
 * How far it got is told by the store of links. Throws AppError `store-unavailable`.
 */
export function createInvite({ accounts, links, invitations, queue, render, clock }: Parts) {
  return async (tenant: Tenant, account: Account): Promise<InviteOutcome> => {
    const { loginName, givenName, locale, email } = account;
    const canonical = canonicalLoginName(loginName);
    const found = await accounts.findForSignIn(tenant.id, { canonical, email: undefined });
    if (found?.account.id !== account.id || found.account.disabledAt !== undefined) return { kind: 'closed' };
    if (found.passwordHash !== undefined) return { kind: 'has-password' };
    if (email === undefined) return { kind: 'no-address' };
    const before = await invitations.invitation(tenant.id, account.id, clock.now());
    const life = tenant.settings.recovery.invitationDays * DAY;
    const issued = await links.issue({ tenant, account, purpose: 'invitation', life });
    if (issued === undefined) return { kind: 'closed' };
    const { href, code, expiresAt } = issued;
    const mail = render.invitation({ tenant, locale, loginName, givenName, href, code, expiresAt });
    await queue.put([
      queuedMessage({
        ...{ id: randomUUID(), tenantId: tenant.id, issuer: tenant.issuer, accountId: account.id },
        ...{ createdAt: clock.now(), expiresAt },
        message: { channel: 'email', to: email, ...mail, locale },
      }),
    ]);
    return { kind: 'invited', again: before !== undefined, expiresAt };
  };
}

export type Invite = ReturnType<typeof createInvite>;
