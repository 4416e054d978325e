import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs a program of the bench to its end and gives the JSON that it printed. */
export async function runChild(
  file: string,
  args: readonly string[],
  options: { signal: AbortSignal; nodeArgs?: readonly string[] },
): Promise<unknown> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const all = [...(options.nodeArgs ?? []), path, ...args];
  const { stdout } = await run(process.execPath, all, { env: {}, signal: options.signal });
  return JSON.parse(stdout);
}

/** The first version number that a program tells about itself. */
export async function versionOf(program: string): Promise<string> {
  const { stdout } = await run(program, ['--version']);
  return /\d+(?:\.\d+)+/.exec(stdout)?.[0] ?? 'unknown';
}
