import { closeSync, openSync, writeSync } from 'node:fs';
import { type Command, Option } from 'commander';
import type { AuditSpan } from '#src/audit/ports.ts';
import { auditFormats } from './audit-format.ts';
import { readMoment } from './audit-span.ts';
import { CommandFailure } from './failure.ts';
import type { Operations } from './operations.ts';
import { addOperatorOptions, carriedOperator, type OperatorChoice, operatorOf } from './operator-options.ts';
import type { CommandContext } from './program.ts';
import { recordAct } from './record-act.ts';
import { type TenantChoice, tenantOption } from './select-tenant.ts';
import type { Output } from './terminal.ts';

interface ExportOptions extends TenantChoice, OperatorChoice, AuditSpan {
  format: keyof typeof auditFormats;
  out?: string;
}

const PAGE = 250;

/** Where an export goes instead of a file. */
const STDOUT = '-';

const help = `
Times are UTC; --from is included, --to is not. CSV is safe to open in a spreadsheet: a cell that would be a formula
begins with '. A file is made for you alone (0600), and one that is there is never overwritten.

Examples:
  $ poortwachter audit export --from 2026-01-01 --to 2026-02-01 --out january.jsonl --reason "monthly review"
  $ poortwachter audit export --format csv --out all.csv --reason "question of the data protection officer"
`;

/** A new file that only this user reads. */
function openFile(path: string): Output & Disposable {
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const why = code === 'EEXIST' ? 'it is there already' : code;
    throw new CommandFailure(`the file ${path} can not be made: ${why}`);
  }
  return { write: (text) => writeSync(file, text), [Symbol.dispose]: () => closeSync(file) };
}

/** Recorded with how much there is before the first line leaves. */
async function write(operations: Operations, options: ExportOptions, output: Output): Promise<void> {
  const { audit, tenant, events } = operations;
  const span = { from: options.from, to: options.to };
  const count = await audit.count(tenant.id, span);
  await recordAct(operations, operatorOf(options), (context) =>
    events.auditRead(context, { how: 'export', events: count }),
  );
  const { head, line } = auditFormats[options.format];
  output.write(head);
  // As many as the record says, and so without that record itself.
  let [after, left] = [0, count];
  while (left > 0) {
    const page = await audit.page(tenant.id, { ...span, after, limit: Math.min(PAGE, left) });
    const last = page.at(-1);
    if (last === undefined) return;
    output.write(page.map(line).join(''));
    after = last.seq;
    left -= page.length;
  }
}

/** `audit export`. */
export function addAuditExport(group: Command, { terminal, reach }: CommandContext): void {
  const command = group
    .command('export')
    .description('write the audit log of one organisation as JSON Lines or CSV')
    .option('--from <time>', 'events from this day or moment on', readMoment)
    .option('--to <time>', 'events before this day or moment', readMoment)
    .addOption(
      new Option('--format <format>', 'how it is written').choices(['jsonl', 'csv']).default('jsonl'),
    )
    .option('--out <file>', 'a new file, instead of standard output');
  addOperatorOptions(command)
    .addOption(tenantOption())
    .addHelpText('after', help)
    .action(async (options: ExportOptions) => {
      const operator = operatorOf(options);
      const { out = STDOUT } = options;
      using file = out === STDOUT ? undefined : openFile(out);
      const output = file ?? terminal.stdout;
      await reach.withTenant(options.tenant, (operations) => write(operations, options, output), {
        // The file is one of this side; the process that holds the stores writes to us.
        extra: [...carriedOperator(operator), `--out=${STDOUT}`],
        stdin: '',
        stdout: output,
      });
    });
}
