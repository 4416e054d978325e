import type { Account } from '#src/account/account.ts';
import { checkNewLoginName, type LoginNameFault, looksLikeEmail } from '#src/account/login-name.ts';
import { comparableEmail, type Profile, profileSchema } from '#src/account/profile.ts';
import { CommandFailure } from './failure.ts';
import type { Operations } from './operations.ts';

/** What a command that adds people may be told of one. */
export interface PersonOptions {
  givenName?: string;
  familyName?: string;
  email?: string;
  emailVerified?: true;
  phone?: string;
  locale?: string;
  role?: readonly string[];
}

const loginNameReasons: Record<LoginNameFault, string> = {
  empty: 'is empty',
  'not-allowed': 'has a character that login names can not have, such as a space or an invisible one',
  direction: 'mixes writing directions in a way that can be read as another name',
  'too-long': 'is longer than 64 characters',
  'mixed-script': 'mixes scripts whose letters look alike',
};

/** Somebody who may be added: everything about them is checked. */
export type Person = Profile & { loginName: string; canonical: string; emailVerified: boolean };

/** Checks everything about a person at once. Throws a CommandFailure that names all that is wrong. */
export function checkPerson(loginName: string, options: PersonOptions): Person {
  const name = checkNewLoginName(loginName);
  const { givenName, familyName, email, phone, locale, role } = options;
  const profile = profileSchema.safeParse({ givenName, familyName, email, phone, locale, roles: role ?? [] });
  const reasons = name.ok ? [] : [`the login name ${loginNameReasons[name.reason]}`];
  for (const { path, message } of profile.error?.issues ?? []) {
    reasons.push(`${labels[String(path[0])] ?? 'the profile'} ${message}`);
  }
  if (looksLikeEmail(loginName) && !isOwnAddress(loginName, email)) {
    reasons.push('a login name that looks like an e-mail address must be the same as --email');
  }
  if (options.emailVerified && email === undefined) reasons.push('--email-verified needs --email');
  if (!name.ok || !profile.success || reasons.length > 0) throw new CommandFailure(reasons.join('; '));
  const emailVerified = options.emailVerified === true;
  return { ...profile.data, loginName, canonical: name.canonical, emailVerified };
}

const labels: Record<string, string> = {
  givenName: '--given-name',
  familyName: '--family-name',
  email: '--email',
  phone: '--phone',
  locale: '--locale',
  roles: '--role',
};

/** Product decision 6: else somebody could sign in by another person's address. */
function isOwnAddress(loginName: string, email: string | undefined): boolean {
  return email !== undefined && comparableEmail(email) === comparableEmail(loginName);
}

/** Adds a person, with a password hash or without one. Throws a CommandFailure when the login name is taken. */
export async function addPerson(
  { accounts, tenant }: Pick<Operations, 'accounts' | 'tenant'>,
  person: Person,
  passwordHash: string | undefined,
): Promise<Account> {
  const { canonical, ...profile } = person;
  const result = await accounts.create({
    ...profile,
    tenantId: tenant.id,
    email: person.email,
    phone: person.phone,
    loginNameCanonical: canonical,
    passwordHash,
    // Only a code that came back proves a number (R10).
    phoneVerified: false,
  });
  if (result.kind === 'login-name-taken') throw new CommandFailure('somebody has this login name already');
  return result.account;
}
