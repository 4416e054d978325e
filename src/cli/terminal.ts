import type { Readable } from 'node:stream';
import { CommandFailure } from './failure.ts';

/** Where a command writes text: `process.stdout`, or whatever a caller collects it in. */
export interface Output {
  write(text: string): unknown;
}

/** Where a command reads from. On a terminal, `setRawMode` lets a password be typed unseen. */
export type Input = Readable & {
  isTTY?: boolean | undefined;
  setRawMode?: ((raw: boolean) => unknown) | undefined;
};

/** The three streams of a command. */
export interface Terminal {
  stdin: Input;
  stdout: Output;
  stderr: Output;
}

/** Most that a command reads from standard input: a password or one client's metadata. */
const mostBytes = 64 * 1024;

/** Reads standard input to its end as UTF-8; refuses more than 64 KiB. */
export async function readAll(input: Input): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of input) {
    const bytes = Buffer.from(part);
    length += bytes.length;
    if (length > mostBytes) throw new CommandFailure('standard input holds more than 64 KiB');
    parts.push(bytes);
  }
  return Buffer.concat(parts).toString('utf8');
}

/**
 * Text from a store as one line for a terminal: control and direction characters are shown by their number, so
 * that a name can't move the cursor, colour the screen or turn a line around.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (char) => {
    const number = char.codePointAt(0) ?? 0;
    return `\\u{${number.toString(16)}}`;
  });
}

/** Rows under their headings in columns as wide as their widest cell. Ends with a newline. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [headings, ...rows.map((row) => row.map(printable))];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => widthOf(line[column] ?? ''))));
  const padded = (cell: string, column: number) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell));
  return lines.map((line) => `${line.map(padded).join('  ').trimEnd()}\n`).join('');
}

/** Names and values in two columns. Ends with a newline. */
export function properties(rows: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows
    .map(([name, value]) => `${name.padEnd(width)}  ${printable(value)}`.trimEnd().concat('\n'))
    .join('');
}

function widthOf(text: string): number {
  return Array.from(text).length;
}

/** JSON of a stable shape for programs. Ends with a newline. */
export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
