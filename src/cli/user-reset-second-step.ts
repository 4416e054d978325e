import type { Command } from 'commander';
import type { Account } from '#src/account/account.ts';
import { accountCounters } from '#src/lockout/account-counters.ts';
import { requireAccount } from './find-account.ts';
import type { Operations } from './operations.ts';
import { addOperatorOptions, carriedOperator, type OperatorChoice, operatorOf } from './operator-options.ts';
import type { CommandContext } from './program.ts';
import { recordAct } from './record-act.ts';
import { type TenantChoice, tenantOption } from './select-tenant.ts';
import { json, printable } from './terminal.ts';

interface ResetOptions extends TenantChoice, OperatorChoice {
  json?: true;
}

const help = `
For somebody who lost everything that the second step can be done with. Be sure of who asks for it: whoever has the
password sets up the next second step. Methods and backup code are gone, sessions end; password, security question and
e-mail address stay. A notice goes to every number and
address that was proved.

Example:
  $ poortwachter user reset-second-step j.jansen --reason "phone stolen; seen at the desk with passport"
`;

/** `user reset-second-step`. */
export function addResetSecondStep(group: Command, { terminal, reach }: CommandContext): void {
  const command = group
    .command('reset-second-step')
    .argument('<login-name>')
    .description('have a person set up the second step anew at the next sign-in');
  addOperatorOptions(command)
    .addOption(tenantOption())
    .option('--json', 'for programs')
    .addHelpText('after', help)
    .action(async (loginName: string, options: ResetOptions) => {
      const operator = operatorOf(options);
      const run = async (operations: Operations): Promise<void> => {
        const account = await requireAccount(operations, loginName);
        const { methods, ended } = await reset(operations, account);
        await recordAct(operations, operator, (context) =>
          operations.events.secondStepReset(context, { account: account.id, ...ended }),
        );
        const shown = { loginName: account.loginName, methods, ended };
        const text =
          `${printable(account.loginName)} sets up the second step at the next sign-in. Removed: ${methods} ` +
          `${methods === 1 ? 'method' : 'methods'}; ended: ${ended.sessions} sessions and ${ended.grants} grants. ` +
          'A notice goes to every number and address that the person had proved.\n';
        terminal.stdout.write(options.json ? json(shown) : text);
      };
      await reach.withTenant(options.tenant, run, { extra: carriedOperator(operator), stdin: '' });
    });
}

async function reset(operations: Operations, { id }: Account) {
  const { tenant, people, endAccount } = operations;
  const methods = await people.factors.list(tenant.id, id);
  // Told first: afterwards nobody knows the numbers that are to be told (ground rule 7).
  await people.tell(id, 'second-step-reset');
  await people.enrolments.resetSecondStep(tenant.id, id);
  const ended = await endAccount(id);
  // Whoever guessed at the methods that are gone must not make those wait that come now.
  const lanes = await people.lanes.list(tenant.id, id);
  const kinds = methods.map(({ kind }) => kind);
  const counters = accountCounters({ accountId: id, lanes: lanes.map(({ lane }) => lane), methods: kinds });
  const clear = counters
    .filter(({ of }) => of !== 'password' && of !== 'answer')
    .map(({ counter }) => counter.key);
  await people.throttle.settle(tenant.id, { clear, giveBack: [] });
  return { methods: methods.length, ended };
}
