import type { CommandHouse } from './operations.ts';
import { runCommand } from './run-command.ts';

/**
 * Runs this process's command line and leaves the exit code behind. The stores are loaded only by commands that
 * use them, so that help and `config check` answer at once.
 */
export async function main(loadHouse: () => Promise<CommandHouse>): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    // `poortwachter user list | head` closes the pipe early; that is no failure.
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  const house: CommandHouse = {
    open: async (config) => (await loadHouse()).open(config),
    migrate: async (config, onProgress) => (await loadHouse()).migrate(config, onProgress),
    reseal: async (config, options) => (await loadHouse()).reseal(config, options),
    retain: async (config, options) => (await loadHouse()).retain(config, options),
    findHolder: async (dataDir) => (await loadHouse()).findHolder(dataDir),
  };
  const { stdin, stdout, stderr } = process;
  process.exitCode = await runCommand({ argv: process.argv.slice(2), stdin, stdout, stderr, house });
}
