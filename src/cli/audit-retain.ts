import type { Command } from 'commander';
import type { RetainedTenant, RetainProgress } from '#src/audit/retain.ts';
import { CommandFailure } from './failure.ts';
import { addOperatorOptions, carriedOperator, type OperatorChoice, operatorOf } from './operator-options.ts';
import type { CommandContext } from './program.ts';
import type { TenantChoice } from './select-tenant.ts';
import { tenantOption } from './select-tenant.ts';
import { json, table } from './terminal.ts';

interface RetainChoice extends TenantChoice, OperatorChoice {
  dryRun?: true;
  json?: true;
}

const help = `
Forgets events older than tenant.retention.auditMonths, the addresses and browsers they came from older than
originMonths, and the record of sent messages older than messageMonths: of every organisation, or of one. What is
forgotten is recorded first, so that \`audit verify\` tells it from tampering. Runs beside the server; safe to break off
and to repeat. Needs the owner role (DATABASE_MIGRATION_URL).

Examples:
  $ poortwachter audit retain --dry-run --reason "how much would go"
  $ poortwachter audit retain --reason "monthly run"
`;

function progressLine({ tenant, what, done, total }: RetainProgress): string {
  return `${tenant}: ${done} of ${total} ${what}\n`;
}

function summary(tenants: readonly RetainedTenant[], dryRun: boolean): string {
  const rows = tenants.map(({ tenant, counts }) =>
    counts === undefined
      ? [tenant, '', '', '', 'left alone: its settings are not at hand']
      : [tenant, ...[counts.events, counts.origins, counts.messages].map(String), ''],
  );
  return (
    table(['TENANT', 'EVENTS', 'ADDRESSES', 'MESSAGES', ''], rows) +
    (dryRun ? 'Nothing was forgotten: this was a dry run.\n' : 'Forgotten, and recorded.\n')
  );
}

/** `audit retain`: progress goes to standard error, the summary to standard output. */
export function addAuditRetain(group: Command, { terminal, reach }: CommandContext): void {
  const command = group
    .command('retain')
    .description('forget what is older than it is to be kept')
    .option('--dry-run', 'only count');
  addOperatorOptions(command)
    .addOption(tenantOption().default(undefined, 'all'))
    .option('--json', 'for programs')
    .addHelpText('after', help)
    .action(async (options: RetainChoice) => {
      const operator = operatorOf(options);
      const { dryRun, tenant } = options;
      await reach.withRetain(
        async (retain) => {
          const onProgress = (progress: RetainProgress) => terminal.stderr.write(progressLine(progress));
          const tenants = await retain({ ...operator, tenant, dryRun, onProgress });
          const shown = tenants.map(({ tenant: key, counts }) => ({
            tenant: key,
            forgotten: counts ?? null,
          }));
          terminal.stdout.write(
            options.json
              ? json({ dryRun: dryRun === true, tenants: shown })
              : summary(tenants, dryRun === true),
          );
          if (tenants.some(({ counts }) => counts === undefined)) throw new CommandFailure('');
        },
        { extra: carriedOperator(operator), stdin: '' },
      );
    });
}
