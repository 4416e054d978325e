import type { Account, AccountId } from '#src/account/account.ts';
import type { AccountPage } from '#src/account/ports.ts';
import { type Invitation, invitationText, type ShownInvitation, shownInvitation } from './invitations.ts';
import { printable, properties, table } from './terminal.ts';

/** A person as `--json` shows them. The shape is stable: keys may be added, none changes its meaning. */
export interface ShownUser {
  id: string;
  loginName: string;
  givenName: string;
  familyName: string;
  email: string | null;
  emailVerified: boolean;
  phone: string | null;
  phoneVerified: boolean;
  locale: string;
  roles: readonly string[];
  status: 'active' | 'disabled';
  /** ISO 8601 in UTC. */
  disabledAt: string | null;
  /** ISO 8601 in UTC: since when nobody gets in because somebody said "this was not me". */
  suspendedAt: string | null;
  /** The last one; null for who never had one. */
  invitation: ShownInvitation | null;
  /** ISO 8601 in UTC. */
  createdAt: string;
}

function instant(millis: number): string {
  return new Date(millis).toISOString();
}

/** An account for programs. */
export function shownUser(account: Account, invitation?: Invitation): ShownUser {
  return {
    id: account.id,
    loginName: account.loginName,
    givenName: account.givenName,
    familyName: account.familyName,
    email: account.email ?? null,
    emailVerified: account.emailVerified,
    phone: account.phone ?? null,
    phoneVerified: account.phoneVerified,
    locale: account.locale,
    roles: account.roles,
    status: account.disabledAt === undefined ? 'active' : 'disabled',
    disabledAt: account.disabledAt === undefined ? null : instant(account.disabledAt),
    suspendedAt: account.suspendedAt === undefined ? null : instant(account.suspendedAt),
    invitation: shownInvitation(invitation),
    createdAt: instant(account.createdAt),
  };
}

function withProof(value: string | undefined, proved: boolean): string {
  return value === undefined ? 'none' : `${value} (${proved ? 'proved' : 'not proved'})`;
}

function statusOf({ disabledAt, suspendedAt }: Account): string {
  if (disabledAt !== undefined) return `disabled since ${instant(disabledAt)}`;
  return suspendedAt === undefined ? 'active' : `closed since ${instant(suspendedAt)} by "this was not me"`;
}

/** An account for people, a property a line. */
export function userProperties(account: Account, invitation?: Invitation): string {
  return properties([
    ['Login name', account.loginName],
    ['Name', `${account.givenName} ${account.familyName}`],
    ['E-mail', withProof(account.email, account.emailVerified)],
    ['Phone', withProof(account.phone, account.phoneVerified)],
    ['Language', account.locale],
    ['Roles', account.roles.join(', ') || 'none'],
    ['Status', statusOf(account)],
    ['Invitation', invitationText(invitation)],
    ['Created', instant(account.createdAt)],
    ['Identifier', account.id],
  ]);
}

/** A page of accounts for people, an account a line. */
export function userList(
  { accounts, next }: AccountPage,
  invitations: ReadonlyMap<AccountId, Invitation>,
): string {
  if (accounts.length === 0) return 'Nobody.\n';
  const rows = accounts.map((account) => [
    account.loginName,
    `${account.givenName} ${account.familyName}`,
    account.roles.join(', '),
    account.disabledAt === undefined ? 'active' : 'disabled',
    invitations.get(account.id)?.status ?? '',
    instant(account.createdAt).slice(0, 10),
  ]);
  const more = next === undefined ? '' : `\nThere are more: add --after ${printable(next)}\n`;
  return table(['LOGIN NAME', 'NAME', 'ROLES', 'STATUS', 'INVITED', 'CREATED'], rows) + more;
}
