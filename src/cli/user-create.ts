import { checkNewLoginName, type LoginNameFault, looksLikeEmail } from '#src/account/login-name.ts';
import { PASSWORD_MAX, PASSWORD_MIN, type PasswordFault } from '#src/account/password-rules.ts';
import type { NewAccount } from '#src/account/ports.ts';
import { comparableEmail, type Profile, profileSchema } from '#src/account/profile.ts';
import { CommandFailure, usageFailure } from './failure.ts';
import type { Operations } from './operations.ts';
import type { CommandContext } from './program.ts';
import { readNewPassword } from './read-password.ts';
import type { TenantChoice } from './select-tenant.ts';
import { json } from './terminal.ts';
import { shownUser, userProperties } from './user-view.ts';

/** What `user create` was called with. */
export interface UserOptions extends TenantChoice {
  givenName: string;
  familyName: string;
  email?: string;
  emailVerified?: true;
  phone?: string;
  locale: string;
  role: readonly string[];
  passwordStdin?: true;
  /** Accepted only to be refused with the reason. */
  password?: string;
  json?: true;
}

const loginNameReasons: Record<LoginNameFault, string> = {
  empty: 'is empty',
  'not-allowed': 'has a character that login names can not have, such as a space or an invisible one',
  direction: 'mixes writing directions in a way that can be read as another name',
  'too-long': 'is longer than 64 characters',
  'mixed-script': 'mixes scripts whose letters look alike',
};

const passwordReasons: Record<PasswordFault, string> = {
  malformed: 'has characters that can not be kept',
  'too-short': `has fewer than ${PASSWORD_MIN} characters`,
  'too-long': `has more than ${PASSWORD_MAX} characters`,
  listed: 'is among the most used passwords or words, or close to one',
  context: 'is made of names around this person or the sign-in page, or of words of absence work',
};

/** Adds a person. Everything is checked before the password is asked for; the rules for passwords need the stores. */
export async function createUser(
  { terminal, reach }: CommandContext,
  loginName: string,
  options: UserOptions,
): Promise<void> {
  if (options.password !== undefined) {
    throw usageFailure(
      'a password can not be an argument, because other people on this machine can see those; use --password-stdin',
    );
  }
  const person = checkPerson(loginName, options);
  const password = await readNewPassword(terminal, options.passwordStdin === true);
  const add = async (operations: Operations): Promise<void> => {
    const account = await addAccount(operations, person, password);
    const text = `Created. The second step is set up at the first sign-in.\n\n${userProperties(account)}`;
    terminal.stdout.write(options.json ? json(shownUser(account)) : text);
  };
  await reach.withTenant(options.tenant, add, { extra: ['--password-stdin'], stdin: password });
}

type Person = Profile & { loginName: string; canonical: string; emailVerified: boolean };

function checkPerson(loginName: string, options: UserOptions): Person {
  const name = checkNewLoginName(loginName);
  const { givenName, familyName, email, phone, locale, role } = options;
  const profile = profileSchema.safeParse({ givenName, familyName, email, phone, locale, roles: role });
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

async function addAccount(operations: Operations, person: Person, password: string) {
  const { tenant, accounts, hasher, passwordRules } = operations;
  const { loginName, givenName, familyName, email } = person;
  const check = await passwordRules.checkNewPassword(password, {
    tenantName: tenant.settings.name,
    productName: tenant.settings.productName,
    host: new URL(tenant.issuer).hostname,
    loginName,
    givenName,
    familyName,
    email,
  });
  if (!check.ok) {
    throw new CommandFailure(
      `the password ${check.reasons.map((reason) => passwordReasons[reason]).join('; it ')}`,
    );
  }
  const account: NewAccount = {
    tenantId: tenant.id,
    loginName,
    loginNameCanonical: person.canonical,
    passwordHash: await hasher.hash(password),
    givenName,
    familyName,
    email,
    emailVerified: person.emailVerified,
    phone: person.phone,
    // Only a code that came back proves a number (R10).
    phoneVerified: false,
    locale: person.locale,
    roles: person.roles,
  };
  const result = await accounts.create(account);
  if (result.kind === 'login-name-taken') throw new CommandFailure('somebody has this login name already');
  return result.account;
}
