import { type Command, Option } from 'commander';
import { canonicalLoginName } from '#src/account/login-name.ts';
import { countUpTo, MOST_PER_PAGE } from './count-argument.ts';
import { CommandFailure } from './failure.ts';
import { requireAccount } from './find-account.ts';
import { invitationsOf } from './invitations.ts';
import { addOperatorOptions } from './operator-options.ts';
import type { CommandContext } from './program.ts';
import { roleOption } from './role-option.ts';
import { type TenantChoice, tenantOption } from './select-tenant.ts';
import { json } from './terminal.ts';
import { createUser, type UserOptions } from './user-create.ts';
import { addDisable, addEnable } from './user-disable.ts';
import { addExplain } from './user-explain.ts';
import { addInvite } from './user-invite.ts';
import { addResetSecondStep } from './user-reset-second-step.ts';
import { addUnblock } from './user-unblock.ts';
import { shownUser, userList, userProperties } from './user-view.ts';

const createExamples = `
The password is asked for on a terminal, or read with --password-stdin; it is never an argument.

Examples:
  $ poortwachter user create j.jansen --given-name Jo --family-name Jansen --email jo@example.nl --role hr
  $ poortwachter user create j.jansen --given-name Jo --family-name Jansen --password-stdin < password.txt
`;

/** `user create|invite|show|list|disable|enable|unblock|reset-second-step|explain`. */
export function addUserCommands(program: Command, context: CommandContext): void {
  const group = program.command('user').description('people who may sign in');
  addCreate(group, context);
  addInvite(group, context);
  addShow(group, context);
  addList(group, context);
  addDisable(group, context);
  addEnable(group, context);
  addUnblock(group, context);
  addResetSecondStep(group, context);
  addExplain(group, context);
}

function addCreate(group: Command, context: CommandContext): void {
  const command = group
    .command('create')
    .argument('<login-name>', 'as the person will type it')
    .description('add a person, who sets up the second step at the first sign-in')
    .requiredOption('--given-name <name>', 'given name')
    .requiredOption('--family-name <name>', 'family name')
    .option('--email <address>', 'e-mail address')
    .option('--email-verified', 'the address is known to be theirs')
    .option('--phone <number>', 'phone number, Dutch unless it begins with + or 00')
    .addOption(new Option('--locale <language>', 'language of messages').choices(['nl', 'en']).default('nl'))
    .addOption(roleOption())
    .option('--password-stdin', 'read the password from standard input')
    .addOption(new Option('--password <never>').hideHelp());
  addOperatorOptions(command, { reason: 'optional' })
    .addOption(tenantOption())
    .option('--json', 'for programs')
    .addHelpText('after', createExamples)
    .action((loginName: string, options: UserOptions) => createUser(context, loginName, options));
}

function addShow(group: Command, { terminal, reach }: CommandContext): void {
  group
    .command('show')
    .argument('<login-name>')
    .description('show one person')
    .addOption(tenantOption())
    .option('--json', 'for programs')
    .addHelpText('after', '\nExample:\n  $ poortwachter user show j.jansen\n')
    .action((loginName: string, options: TenantChoice & { json?: true }) =>
      reach.withTenant(options.tenant, async (operations) => {
        const account = await requireAccount(operations, loginName);
        const invitation = (await invitationsOf(operations, [account])).get(account.id);
        const text = userProperties(account, invitation);
        terminal.stdout.write(options.json ? json(shownUser(account, invitation)) : text);
      }),
    );
}

function addList(group: Command, { terminal, reach }: CommandContext): void {
  group
    .command('list')
    .description('list people by login name')
    .option('--limit <count>', `most to list, up to ${MOST_PER_PAGE}`, countUpTo(MOST_PER_PAGE), 100)
    .option('--after <login-name>', 'go on after this one')
    .addOption(tenantOption())
    .option('--json', 'for programs')
    .addHelpText('after', '\nExample:\n  $ poortwachter user list --limit 20 --after j.jansen\n')
    .action((options: TenantChoice & { limit: number; after?: string; json?: true }) =>
      reach.withTenant(options.tenant, async (operations) => {
        const { accounts, tenant } = operations;
        const after = options.after === undefined ? undefined : canonicalLoginName(options.after);
        if (options.after !== undefined && after === undefined) {
          throw new CommandFailure('what comes after --after can not be a login name');
        }
        const page = await accounts.list(tenant.id, { limit: options.limit, after });
        const invitations = await invitationsOf(operations, page.accounts);
        const shown = page.accounts.map((account) => shownUser(account, invitations.get(account.id)));
        const users = { users: shown, next: page.next ?? null };
        terminal.stdout.write(options.json ? json(users) : userList(page, invitations));
      }),
    );
}
