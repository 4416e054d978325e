import type { Command } from 'commander';
import { explainPerson } from './explain-person.ts';
import { explanationText } from './explain-text.ts';
import { requireAccount } from './find-account.ts';
import type { Operations } from './operations.ts';
import { addOperatorOptions, carriedOperator, type OperatorChoice, operatorOf } from './operator-options.ts';
import type { CommandContext } from './program.ts';
import { recordAct } from './record-act.ts';
import { type TenantChoice, tenantOption } from './select-tenant.ts';
import { json } from './terminal.ts';

interface ExplainOptions extends TenantChoice, OperatorChoice {
  json?: true;
}

const help = `
Tells what state the account is in, what is set up, which counter makes the person wait and until when, what happened last,
what was sent and whether it arrived, and what to do next. That you looked is recorded.

Example:
  $ poortwachter user explain j.jansen --reason "called: no text message comes"
`;

/** `user explain`. */
export function addExplain(group: Command, { terminal, reach }: CommandContext): void {
  const command = group
    .command('explain')
    .argument('<login-name>')
    .description('tell why a person can not get in, and what to do');
  addOperatorOptions(command)
    .addOption(tenantOption())
    .option('--json', 'for programs')
    .addHelpText('after', help)
    .action(async (loginName: string, options: ExplainOptions) => {
      const operator = operatorOf(options);
      const run = async (operations: Operations): Promise<void> => {
        const account = await requireAccount(operations, loginName);
        const explained = await explainPerson(operations, account);
        // Recorded before anything is shown: what can't be recorded is not looked at.
        await recordAct(operations, operator, (context) =>
          operations.events.explained(context, { account: account.id }),
        );
        terminal.stdout.write(options.json ? json(explained) : explanationText(explained));
      };
      await reach.withTenant(options.tenant, run, { extra: carriedOperator(operator), stdin: '' });
    });
}
