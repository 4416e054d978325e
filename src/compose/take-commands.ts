import { controlSocketPath } from '#adapters/postgres/data-lock.ts';
import { openControlServer } from '#src/cli/control-server.ts';
import type { Operations } from '#src/cli/operations.ts';
import { createControlledRun } from '#src/cli/run-command.ts';

/** Embedded stores belong to one process: commands given in others are run in this one, over its control socket. */
export function takeCommands(dataDir: string, operations: Operations): Promise<AsyncDisposable> {
  return openControlServer({ path: controlSocketPath(dataDir), run: createControlledRun(operations) });
}
