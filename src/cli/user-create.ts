import { PASSWORD_MAX, PASSWORD_MIN, type PasswordFault } from '#src/account/password-rules.ts';
import { CommandFailure, usageFailure } from './failure.ts';
import { addPerson, checkPerson, type Person, type PersonOptions } from './new-person.ts';
import type { Operations } from './operations.ts';
import { authorOf, carriedOperator, type OperatorChoice } from './operator-options.ts';
import type { CommandContext } from './program.ts';
import { readNewPassword } from './read-password.ts';
import { recordAct } from './record-act.ts';
import type { TenantChoice } from './select-tenant.ts';
import { json } from './terminal.ts';
import { shownUser, userProperties } from './user-view.ts';

/** What `user create` was called with. */
export interface UserOptions extends TenantChoice, OperatorChoice, PersonOptions {
  givenName: string;
  familyName: string;
  emailVerified?: true;
  passwordStdin?: true;
  /** Accepted only to be refused with the reason. */
  password?: string;
  json?: true;
}

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
  const author = authorOf(options);
  const person = checkPerson(loginName, options);
  const password = await readNewPassword(terminal, options.passwordStdin === true);
  const add = async (operations: Operations): Promise<void> => {
    const account = await addAccount(operations, person, password);
    await recordAct(operations, author, (context) =>
      operations.events.created(context, { account: account.id }),
    );
    const text = `Created. The second step is set up at the first sign-in.\n\n${userProperties(account)}`;
    terminal.stdout.write(options.json ? json(shownUser(account)) : text);
  };
  await reach.withTenant(options.tenant, add, {
    extra: ['--password-stdin', ...carriedOperator(author)],
    stdin: password,
  });
}

async function addAccount(operations: Operations, person: Person, password: string) {
  const { tenant, hasher, passwordRules } = operations;
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
  return addPerson(operations, person, await hasher.hash(password));
}
