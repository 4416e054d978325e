import { Readable } from 'node:stream';
import { CommanderError } from 'commander';
import { type Environment, readEnvironment } from '#config/env.ts';
import type { RunControlled } from './control-server.ts';
import { CommandFailure, exitCodes, failureSentence } from './failure.ts';
import type { CommandHouse, Operations } from './operations.ts';
import { createProgram } from './program.ts';
import { type Reach, reachFromInside, reachFromOutside } from './reach.ts';
import type { Terminal } from './terminal.ts';

export interface CommandRun extends Terminal {
  /** What comes after the program's name. */
  argv: readonly string[];
  env?: Environment;
  house: CommandHouse;
}

/** Runs one command line. Gives its exit code: 0 done, 1 refused or failed, 2 called wrongly. Never throws. */
export function runCommand({
  argv,
  env = readEnvironment(),
  house,
  ...terminal
}: CommandRun): Promise<number> {
  return run(argv, env, terminal, reachFromOutside({ argv, env, house, terminal }));
}

/**
 * What a process that holds the stores gives to `openControlServer`: it runs commands on its own open stores, which
 * it keeps.
 */
export function createControlledRun(operations: Operations): RunControlled {
  return ({ argv, stdin }, outputs) => {
    const terminal = { stdin: Readable.from(stdin === '' ? [] : [stdin]), ...outputs };
    return run(argv, {}, terminal, reachFromInside(operations));
  };
}

async function run(
  argv: readonly string[],
  env: Environment,
  terminal: Terminal,
  reach: Reach,
): Promise<number> {
  try {
    await createProgram({ env, terminal, reach }).parseAsync(argv, { from: 'user' });
    return exitCodes.ok;
  } catch (error) {
    // The library has told what is wrong with the call, or printed the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    const sentence = failureSentence(error);
    if (sentence !== '') terminal.stderr.write(`${sentence}\n`);
    return error instanceof CommandFailure ? error.exitCode : exitCodes.refused;
  }
}
