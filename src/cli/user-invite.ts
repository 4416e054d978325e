import { type Command, Option } from 'commander';
import type { Account } from '#src/account/account.ts';
import type { InviteOutcome } from '#src/recovery/invite.ts';
import { CommandFailure, usageFailure } from './failure.ts';
import { findAccount } from './find-account.ts';
import { invitationsOf, shownInvitation } from './invitations.ts';
import { addPerson, checkPerson, type PersonOptions } from './new-person.ts';
import type { Operations } from './operations.ts';
import { addOperatorOptions, carriedOperator, type OperatorChoice, operatorOf } from './operator-options.ts';
import type { CommandContext } from './program.ts';
import { recordAct } from './record-act.ts';
import { roleOption } from './role-option.ts';
import { type TenantChoice, tenantOption } from './select-tenant.ts';
import { json, printable } from './terminal.ts';
import { shownUser } from './user-view.ts';

interface InviteOptions extends TenantChoice, OperatorChoice, PersonOptions {
  json?: true;
}

/** An invitation is its own reason; another one may be given. */
const OWN_REASON = 'invitation';

const help = `
Mails the login name and a link to choose a password with. The link works once, for the time that
tenant.recovery.invitationDays says. For a person who was invited before it is sent again, without any of the options
about the person: the link before ends.

Examples:
  $ poortwachter user invite j.jansen --given-name Jo --family-name Jansen --email jo@example.nl --role hr
  $ poortwachter user invite j.jansen
`;

/** `user invite`. */
export function addInvite(group: Command, context: CommandContext): void {
  const command = group
    .command('invite')
    .argument('<login-name>', 'as the person will type it')
    .description('add a person who chooses the password by a link in a mail, or send that mail again')
    .option('--given-name <name>', 'given name')
    .option('--family-name <name>', 'family name')
    .option('--email <address>', 'e-mail address that the link is mailed to')
    .option('--phone <number>', 'phone number, Dutch unless it begins with + or 00')
    .addOption(new Option('--locale <language>', 'language of messages (default: nl)').choices(['nl', 'en']))
    .addOption(roleOption());
  addOperatorOptions(command)
    .addOption(tenantOption())
    .option('--json', 'for programs')
    .addHelpText('after', help)
    .action((loginName: string, options: InviteOptions) => invite(context, loginName, options));
}

async function invite(
  { terminal, reach }: CommandContext,
  loginName: string,
  options: InviteOptions,
): Promise<void> {
  const operator = operatorOf({ ...options, reason: options.reason ?? OWN_REASON });
  const run = async (operations: Operations): Promise<void> => {
    if (!operations.people.sendsMail) {
      throw new CommandFailure('this installation sends no mail: set messaging.mail.url first');
    }
    const before = await findAccount(operations, loginName);
    const account = await personFor(operations, loginName, { before, options });
    const outcome = await operations.people.invite(account);
    if (outcome.kind !== 'invited') throw new CommandFailure(refusals[outcome.kind](account));
    const { again, expiresAt } = outcome;
    await recordAct(operations, operator, (context) =>
      operations.events.invited(context, { account: account.id, again }),
    );
    const invitation = (await invitationsOf(operations, [account])).get(account.id);
    const user = shownUser(account, invitation);
    const text = sentence(account, { created: before === undefined, again, expiresAt });
    const shown = { created: before === undefined, again, invitation: shownInvitation(invitation), user };
    terminal.stdout.write(options.json ? json(shown) : text);
  };
  await reach.withTenant(options.tenant, run, { extra: carriedOperator(operator), stdin: '' });
}

const refusals: Record<Exclude<InviteOutcome['kind'], 'invited'>, (account: Account) => string> = {
  'has-password': ({ loginName }) =>
    `${loginName} has a password already; a forgotten one is replaced by the person, with "Wachtwoord aanvragen" ` +
    'on the sign-in page',
  'no-address': ({ loginName }) => `${loginName} has no e-mail address to send an invitation to`,
  closed: ({ loginName }) =>
    `${loginName} is disabled; \`user enable ${loginName}\` first lets the person in again`,
};

/** Whether anything about a person was said. */
function describesPerson(options: PersonOptions): boolean {
  const { givenName, familyName, email, phone, locale, role } = options;
  return [givenName, familyName, email, phone, locale, role].some((said) => said !== undefined);
}

/** The person who is invited: the one who is there, or a new one without a password. */
async function personFor(
  operations: Operations,
  loginName: string,
  { before, options }: { before: Account | undefined; options: InviteOptions },
): Promise<Account> {
  if (before !== undefined) {
    if (!describesPerson(options)) return before;
    throw usageFailure(
      `${before.loginName} is there already; leave out what describes the person to send the invitation again`,
    );
  }
  const { givenName, familyName, email } = options;
  if (givenName === undefined || familyName === undefined || email === undefined) {
    throw usageFailure(
      'nobody has this login name yet; a new person needs --given-name, --family-name and --email',
    );
  }
  const person = checkPerson(loginName, { ...options, locale: options.locale ?? 'nl' });
  return addPerson(operations, person, undefined);
}

function sentence(
  { loginName }: Account,
  { created, again, expiresAt }: { created: boolean; again: boolean; expiresAt: number },
): string {
  const what = created
    ? 'was added and is invited'
    : again
      ? 'is invited again; the link before ended'
      : 'is invited';
  const until = new Date(expiresAt).toISOString();
  return `${printable(loginName)} ${what}. The link in the mail works once, until ${until}.\n`;
}
