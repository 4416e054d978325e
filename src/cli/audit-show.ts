import type { Command } from 'commander';
import type { AuditRecord } from '#src/audit/ports.ts';
import { readReference } from '#src/reference.ts';
import { loginNames, recordTable, shownRecord } from './audit-view.ts';
import { countUpTo, MOST_PER_PAGE } from './count-argument.ts';
import { usageFailure } from './failure.ts';
import { requireAccount } from './find-account.ts';
import type { Operations } from './operations.ts';
import { addOperatorOptions, carriedOperator, type OperatorChoice, operatorOf } from './operator-options.ts';
import type { CommandContext } from './program.ts';
import { recordAct } from './record-act.ts';
import { type TenantChoice, tenantOption } from './select-tenant.ts';
import { json } from './terminal.ts';

interface ShowOptions extends TenantChoice, OperatorChoice {
  ref?: string;
  user?: string;
  limit: number;
  json?: true;
}

const help = `
With --ref all that belongs to one number, oldest first: a whole sign-in has one number. With --user what is about one
person, newest first.

Examples:
  $ poortwachter audit show --ref K7QM-2X9D --reason "caller can't get in"
  $ poortwachter audit show --user j.jansen --limit 20 --reason "caller asks who changed the password"
`;

/** What to look for, read before anything is opened. */
function wantedOf({ ref, user }: ShowOptions): { reference: string } | { user: string } {
  if (ref !== undefined && user === undefined) {
    const reference = readReference(ref);
    if (reference === undefined) throw usageFailure('a reference number looks like K7QM-2X9D');
    return { reference };
  }
  if (user !== undefined && ref === undefined) return { user };
  throw usageFailure('say which: --ref and a reference number, or --user and a login name');
}

async function find(operations: Operations, options: ShowOptions): Promise<AuditRecord[]> {
  const { audit, tenant } = operations;
  const wanted = wantedOf(options);
  if ('reference' in wanted) return audit.byReference(tenant.id, wanted.reference, options.limit);
  const account = await requireAccount(operations, wanted.user);
  return audit.bySubject(tenant.id, account.id, options.limit);
}

/** `audit show`. */
export function addAuditShow(group: Command, { terminal, reach }: CommandContext): void {
  const command = group
    .command('show')
    .description('show what was recorded under a reference number, or about a person')
    .option('--ref <number>', 'reference number, as on a page or in a line of the log')
    .option('--user <login-name>', 'person it is about')
    .option('--limit <count>', `most events, up to ${MOST_PER_PAGE}`, countUpTo(MOST_PER_PAGE), 100);
  addOperatorOptions(command)
    .addOption(tenantOption())
    .option('--json', 'for programs')
    .addHelpText('after', help)
    .action(async (options: ShowOptions) => {
      const operator = operatorOf(options);
      wantedOf(options);
      const run = async (operations: Operations): Promise<void> => {
        const records = await find(operations, options);
        await recordAct(operations, operator, (context) =>
          operations.events.auditRead(context, { how: 'show', events: records.length }),
        );
        if (options.json) terminal.stdout.write(json({ events: records.map(shownRecord) }));
        else if (records.length === 0) terminal.stdout.write('Nothing was recorded.\n');
        else terminal.stdout.write(recordTable(records, await loginNames(operations, records)));
      };
      await reach.withTenant(options.tenant, run, { extra: carriedOperator(operator), stdin: '' });
    });
}
