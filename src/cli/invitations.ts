import type { Account, AccountId } from '#src/account/account.ts';
import type { InvitationStatus, MailLink } from '#src/recovery/ports.ts';
import type { Operations } from './operations.ts';

/** The last invitation of a person, and how far it got. */
export interface Invitation {
  status: InvitationStatus;
  link: MailLink;
}

/** Invitations that are looked up at the same moment. */
const AT_ONCE = 10;

/** The last invitation of each of these people who ever had one. */
export async function invitationsOf(
  { people, tenant, clock }: Pick<Operations, 'people' | 'tenant' | 'clock'>,
  accounts: readonly Account[],
): Promise<ReadonlyMap<AccountId, Invitation>> {
  const found = new Map<AccountId, Invitation>();
  for (let from = 0; from < accounts.length; from += AT_ONCE) {
    const some = accounts.slice(from, from + AT_ONCE);
    const invitations = await Promise.all(
      some.map(({ id }) => people.links.invitation(tenant.id, id, clock.now())),
    );
    some.forEach(({ id }, at) => {
      const invitation = invitations[at];
      if (invitation !== undefined) found.set(id, invitation);
    });
  }
  return found;
}

/** An invitation as `--json` shows it. Moments are ISO 8601 in UTC. */
export interface ShownInvitation {
  status: InvitationStatus;
  sentAt: string;
  openedAt: string | null;
  usedAt: string | null;
  expiresAt: string;
}

const instant = (millis: number) => new Date(millis).toISOString();
const optional = (millis: number | undefined) => (millis === undefined ? null : instant(millis));

/** For programs; null for somebody who was never invited. */
export function shownInvitation(invitation: Invitation | undefined): ShownInvitation | null {
  if (invitation === undefined) return null;
  const { status, link } = invitation;
  return {
    status,
    sentAt: instant(link.createdAt),
    openedAt: optional(link.openedAt),
    usedAt: optional(link.spentAt),
    expiresAt: instant(link.expiresAt),
  };
}

/** For people, in a few words. */
export function invitationText(invitation: Invitation | undefined): string {
  if (invitation === undefined) return 'none';
  const { status, link } = invitation;
  const sent = `sent ${instant(link.createdAt)}`;
  switch (status) {
    case 'sent':
      return `${sent}, not opened; works until ${instant(link.expiresAt)}`;
    case 'opened':
      return `${sent}, opened${link.openedAt === undefined ? '' : ` ${instant(link.openedAt)}`}; works until ${instant(link.expiresAt)}`;
    case 'active':
      return `${sent}, used${link.spentAt === undefined ? '' : ` ${instant(link.spentAt)}`}`;
    case 'expired':
      return `${sent}, not used; ended by ${instant(link.expiresAt)}`;
  }
}
