import type { Command } from 'commander';
import { formatFaults } from '#config/check.ts';
import type { Fault } from '#config/faults.ts';
import { settingsJsonSchema } from '#config/json-schema.ts';
import { loadConfig } from '#config/load.ts';
import { configurationReference } from '#config/reference.ts';
import { CommandFailure } from './failure.ts';
import type { CommandContext } from './program.ts';
import { json } from './terminal.ts';

/** `config check`, `config reference` and `config schema`. */
export function addConfigCommands(program: Command, { env, terminal }: CommandContext): void {
  const group = program.command('config').description('look at the configuration');

  group
    .command('check')
    .description('list every fault in environment and settings file')
    .option('--json', 'for programs')
    .addHelpText('after', '\nExample:\n  $ POORTWACHTER_CONFIG=poortwachter.yaml poortwachter config check\n')
    .action((options: { json?: true }) => {
      const result = loadConfig({ env });
      const faults = result.ok ? [] : result.faults;
      if (options.json) terminal.stdout.write(json({ ok: result.ok, faults: faults.map(shownFault) }));
      else if (result.ok) terminal.stdout.write('The configuration has no faults.\n');
      else terminal.stderr.write(formatFaults(faults));
      if (!result.ok) throw new CommandFailure('');
    });

  group
    .command('reference')
    .description('print the page that describes every setting, as Markdown')
    .addHelpText('after', '\nExample:\n  $ poortwachter config reference > docs/configuration.md\n')
    .action(() => {
      terminal.stdout.write(configurationReference());
    });

  group
    .command('schema')
    .description('print the JSON schema of the settings file, for editors')
    .addHelpText('after', '\nExample:\n  $ poortwachter config schema > poortwachter.schema.json\n')
    .action(() => {
      terminal.stdout.write(json(settingsJsonSchema()));
    });
}

function shownFault({ key, variable, at, reason }: Fault) {
  const place = at === undefined ? null : { file: at.file, line: at.line ?? null };
  return { key: key ?? null, variable: variable ?? null, at: place, reason };
}
