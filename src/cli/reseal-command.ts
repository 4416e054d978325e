import type { Command } from 'commander';
import type { Reseal, ResealFault, ResealProgress, ResealSummary } from '#src/secret/reseal.ts';
import { countUpTo } from './count-argument.ts';
import { CommandFailure } from './failure.ts';
import { addOperatorOptions, authorOf, carriedOperator, type OperatorChoice } from './operator-options.ts';
import type { CommandContext } from './program.ts';
import { json, printable, table } from './terminal.ts';

const help = `
Seals e-mail addresses, phone numbers, second steps, client secrets and keys under the current master key, so that
the previous one can be dropped. Runs beside the server; safe to break off and to repeat. Needs the owner role
(DATABASE_MIGRATION_URL). The order of steps for several replicas is in docs/operations.md.

Examples:
  $ poortwachter keys reseal --dry-run
  $ poortwachter keys reseal
`;

/** Milliseconds between two lines of progress. */
const PROGRESS_EVERY = 1_000;

const MOST_AT_A_TIME = 10_000;

interface ResealChoice extends OperatorChoice {
  dryRun?: true;
  batch?: number;
  json?: true;
}

/** `keys reseal`: progress and faults go to standard error, the summary to standard output. */
export function addResealCommand(group: Command, { terminal, reach }: CommandContext): void {
  const command = group
    .command('reseal')
    .description('seal everything under the current master key')
    .option('--dry-run', 'only count what is sealed under which key')
    .option(
      '--batch <texts>',
      'texts read and written in one step (default: 500)',
      countUpTo(MOST_AT_A_TIME),
    );
  addOperatorOptions(command, { reason: 'optional' })
    .option('--json', 'for programs')
    .addHelpText('after', help)
    .action(async (options: ResealChoice) => {
      const author = authorOf(options);
      const run = async (reseal: Reseal): Promise<void> => {
        const onProgress = nowAndThen((progress: ResealProgress) =>
          terminal.stderr.write(progressLine(progress)),
        );
        const onFault = (fault: ResealFault) => terminal.stderr.write(faultLine(fault));
        const { dryRun, batch } = options;
        const summary = await reseal({ ...author, dryRun, batch, onProgress, onFault });
        terminal.stdout.write(options.json ? json(summary) : summaryText(summary, dryRun === true));
        if (summary.tables.some(({ unreadable }) => unreadable > 0)) throw new CommandFailure('');
      };
      await reach.withReseal(run, { extra: carriedOperator(author), stdin: '' });
    });
}

/** Lets the first of a table, its last, and one a second through. */
function nowAndThen(show: (progress: ResealProgress) => void): (progress: ResealProgress) => void {
  let shown = Number.NEGATIVE_INFINITY;
  let of = '';
  return (progress) => {
    const { table: name, done, total } = progress;
    if (name === of && done < total && performance.now() - shown < PROGRESS_EVERY) return;
    [shown, of] = [performance.now(), name];
    show(progress);
  };
}

function progressLine({ table: name, done, total, perSecond, secondsLeft }: ResealProgress): string {
  const left = done >= total ? 'done' : `${secondsLeft} s left`;
  return `${name}: ${done} of ${total}, ${perSecond} a second, ${left}\n`;
}

function faultLine({ place, id, reason }: ResealFault): string {
  return `${place.table} ${printable(id)} (${place.column}, tenant ${place.of ?? 'none'}): ${reason}\n`;
}

function summaryText({ currentKey, sealedBy, tables, ms }: ResealSummary, dryRun: boolean): string {
  if (dryRun) {
    const rows = Object.entries(sealedBy).map(([key, texts]) => [
      key,
      String(texts),
      key === currentKey ? 'current' : '',
    ]);
    return table(['MASTER KEY', 'TEXTS', ''], rows);
  }
  const rows = tables.map((one) =>
    [one.table, one.total, one.resealed, one.overtaken, one.unreadable].map(String),
  );
  const overtaken = tables.some((one) => one.overtaken > 0);
  return (
    table(['TABLE', 'TO DO', 'RESEALED', 'CHANGED MEANWHILE', 'UNREADABLE'], rows) +
    `Under master key ${currentKey}, in ${(ms / 1_000).toFixed(1)} s.\n` +
    (overtaken ? 'Some changed meanwhile: run it again to be sure of them.\n' : '')
  );
}
