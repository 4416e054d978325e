import { Command, type OutputConfiguration } from 'commander';
import type { Environment } from '#config/env.ts';
import product from '../../package.json' with { type: 'json' };
import { addAuditCommands } from './audit-commands.ts';
import { addClientCommands } from './client-commands.ts';
import { addConfigCommands } from './config-commands.ts';
import { addKeyCommands } from './key-commands.ts';
import { addMigrateCommand } from './migrate-command.ts';
import type { Reach } from './reach.ts';
import { addResealCommand } from './reseal-command.ts';
import { addTenantCommands } from './tenant-commands.ts';
import type { Terminal } from './terminal.ts';
import { addUserCommands } from './user-commands.ts';

/** What commands work with. */
export interface CommandContext {
  env: Environment;
  terminal: Terminal;
  reach: Reach;
}

const examples = `
Examples:
  $ poortwachter config check
  $ poortwachter user create j.jansen --given-name Jo --family-name Jansen --password-stdin < password.txt
  $ poortwachter client add --file client.json
`;

/** The tree of all commands. Nothing in it ends the process: parsing throws a CommanderError instead. */
export function createProgram(context: CommandContext): Command {
  const program = new Command('poortwachter')
    .description('Operates Poortwachter, the identity provider in front of an absence application.')
    .version(product.version, '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show help; also after each command')
    .helpCommand(false)
    .addHelpText('after', examples)
    .exitOverride()
    .configureOutput(outputOf(context.terminal))
    .showHelpAfterError('(add --help for what it takes)');
  addConfigCommands(program, context);
  addMigrateCommand(program, context);
  addUserCommands(program, context);
  addClientCommands(program, context);
  addTenantCommands(program, context);
  addResealCommand(addKeyCommands(program, context), context);
  addAuditCommands(program, context);
  return program;
}

/** The library's words become sentences like all others. */
function outputOf({ stdout, stderr }: Terminal): OutputConfiguration {
  return {
    writeOut: (text) => stdout.write(text),
    writeErr: (text) => stderr.write(text),
    outputError: (text, write) => {
      const words = text.replace(/^error: /, '');
      write(words.slice(0, 1).toUpperCase() + words.slice(1));
    },
  };
}
