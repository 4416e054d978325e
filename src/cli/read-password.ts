import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { CommandFailure, usageFailure } from './failure.ts';
import { type Input, readAll, type Terminal } from './terminal.ts';

/**
 * A new password: from standard input with `--password-stdin` (one newline at the end is dropped), else typed
 * twice on the terminal without being shown. Never from an argument: everybody on a machine can read those.
 */
export async function readNewPassword(terminal: Terminal, fromStdin: boolean): Promise<string> {
  if (fromStdin) {
    const password = (await readAll(terminal.stdin)).replace(/\r?\n$/, '');
    if (password === '') throw new CommandFailure('standard input holds no password');
    return password;
  }
  if (terminal.stdin.isTTY !== true) {
    throw usageFailure('give the password on standard input with --password-stdin');
  }
  const first = await ask(terminal, 'Password: ');
  const second = await ask(terminal, 'Password again: ');
  if (first !== second) throw new CommandFailure('the two passwords are not equal; nothing was changed');
  if (first === '') throw new CommandFailure('no password was typed; nothing was changed');
  return first;
}

/** Swallows what readline would echo. */
function silence(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}

function ask({ stdin, stderr }: Terminal, question: string): Promise<string> {
  stderr.write(question);
  return unseenLine(stdin).finally(() => stderr.write('\n'));
}

function unseenLine(input: Input): Promise<string> {
  // readline sets raw mode, edits the line and gives the terminal back when it is closed.
  const reader = createInterface({ input, output: silence(), terminal: true, historySize: 0 });
  return new Promise<string>((resolve, reject) => {
    const stop = () => reject(new CommandFailure('stopped; nothing was changed'));
    reader.once('line', resolve);
    reader.once('SIGINT', stop);
    reader.once('close', stop);
  }).finally(() => reader.close());
}
