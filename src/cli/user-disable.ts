import type { Command } from 'commander';
import { requireAccount } from './find-account.ts';
import { invitationsOf } from './invitations.ts';
import type { Operations } from './operations.ts';
import { addOperatorOptions, authorOf, carriedOperator, type OperatorChoice } from './operator-options.ts';
import type { CommandContext } from './program.ts';
import { recordAct } from './record-act.ts';
import { type TenantChoice, tenantOption } from './select-tenant.ts';
import { json } from './terminal.ts';
import { type ShownUser, shownUser } from './user-view.ts';

interface StandingOptions extends TenantChoice, OperatorChoice {
  json?: true;
}

/** The person as they are after a change, for programs. */
async function showNow(operations: Operations, loginName: string): Promise<ShownUser> {
  const account = await requireAccount(operations, loginName);
  return shownUser(account, (await invitationsOf(operations, [account])).get(account.id));
}

/** `user disable`. */
export function addDisable(group: Command, { terminal, reach }: CommandContext): void {
  const command = group
    .command('disable')
    .argument('<login-name>')
    .description('keep a person from signing in, and end what they are signed in to');
  addOperatorOptions(command, { reason: 'optional' })
    .addOption(tenantOption())
    .option('--json', 'for programs')
    .addHelpText('after', '\nExample:\n  $ poortwachter user disable j.jansen --reason "left on 1 March"\n')
    .action(async (loginName: string, options: StandingOptions) => {
      const author = authorOf(options);
      const run = async (operations: Operations): Promise<void> => {
        const { accounts, tenant, clock } = operations;
        const account = await requireAccount(operations, loginName);
        const changed = await accounts.setDisabled(tenant.id, account.id, clock.now());
        // Also when the mark was there already: an earlier try may have stopped between the two.
        const ended = await operations.endAccount(account.id);
        await recordAct(operations, author, (context) =>
          operations.events.disabled(context, { account: account.id, changed, ...ended }),
        );
        const user = await showNow(operations, loginName);
        const state = changed ? 'is disabled now' : 'was disabled already';
        const text = `${user.loginName} ${state}; ${ended.sessions} sessions and ${ended.grants} grants were ended.\n`;
        terminal.stdout.write(options.json ? json({ changed, user, ended }) : text);
      };
      await reach.withTenant(options.tenant, run, { extra: carriedOperator(author), stdin: '' });
    });
}

/** `user enable`. */
export function addEnable(group: Command, { terminal, reach }: CommandContext): void {
  const command = group
    .command('enable')
    .argument('<login-name>')
    .description('let a disabled person sign in again');
  addOperatorOptions(command, { reason: 'optional' })
    .addOption(tenantOption())
    .option('--json', 'for programs')
    .addHelpText('after', '\nExample:\n  $ poortwachter user enable j.jansen --reason "back from leave"\n')
    .action(async (loginName: string, options: StandingOptions) => {
      const author = authorOf(options);
      const run = async (operations: Operations): Promise<void> => {
        const { accounts, tenant } = operations;
        const account = await requireAccount(operations, loginName);
        const changed = await accounts.setDisabled(tenant.id, account.id, undefined);
        await recordAct(operations, author, (context) =>
          operations.events.enabled(context, { account: account.id, changed }),
        );
        const user = await showNow(operations, loginName);
        const text = `${user.loginName} ${changed ? 'may sign in again' : 'was not disabled'}.\n`;
        terminal.stdout.write(options.json ? json({ changed, user }) : text);
      };
      await reach.withTenant(options.tenant, run, { extra: carriedOperator(author), stdin: '' });
    });
}
