import type { Command } from 'commander';
import type { MigrationStep } from './operations.ts';
import type { CommandContext } from './program.ts';
import { json } from './terminal.ts';

/** `migrate`: progress goes to standard error, the summary to standard output. */
export function addMigrateCommand(program: Command, { terminal, reach }: CommandContext): void {
  program
    .command('migrate')
    .description("bring the database's schema up to this version; safe to repeat")
    .option('--json', 'summary for programs')
    .addHelpText(
      'after',
      '\nExample:\n  $ DATABASE_MIGRATION_URL_FILE=/run/secrets/owner poortwachter migrate\n',
    )
    .action(async (options: { json?: true }) => {
      const outcome = await reach.migrate((step) => terminal.stderr.write(progressLine(step)));
      const { applied, already, ms } = outcome;
      const now = applied === 0 ? 'nothing was left to do' : `${counted(applied)} ran in ${seconds(ms)}`;
      const summary = `The schema is up to date: ${now}, ${already} had run before.\n`;
      terminal.stdout.write(options.json ? json({ applied, already, ms }) : summary);
    });
}

function progressLine({ state, name, position, total, ms }: MigrationStep): string {
  const place = `[${position}/${total}] ${name}`;
  return state === 'started' ? `${place} …\n` : `${place} done in ${seconds(ms)}\n`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function counted(count: number): string {
  return count === 1 ? '1 migration' : `${count} migrations`;
}
