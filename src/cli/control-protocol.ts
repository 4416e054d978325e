import type { Socket } from 'node:net';
import { z } from 'zod';

/** What a command's process asks of the process that holds the stores: a command line and its standard input. */
export const controlRequest = z.strictObject({
  argv: z.array(z.string()).max(200),
  stdin: z.string(),
});

export type ControlRequest = z.infer<typeof controlRequest>;

/** What comes back, piece by piece; `exit` is the last. */
export const controlReply = z.union([
  z.strictObject({ stdout: z.string() }),
  z.strictObject({ stderr: z.string() }),
  z.strictObject({ exit: z.int().min(0).max(255) }),
]);

export type ControlReply = z.infer<typeof controlReply>;

/** Longest line of the protocol in characters; a page of a thousand accounts fits. */
const longestLine = 4 * 1024 * 1024;

/** One message as a line of JSON; its newline is the frame. */
export function frame(message: ControlRequest | ControlReply): string {
  return `${JSON.stringify(message)}\n`;
}

/** The lines that arrive on a connection. Ends with it; throws when a line is too long. */
export async function* linesOf(socket: Socket): AsyncGenerator<string> {
  socket.setEncoding('utf8');
  let rest = '';
  for await (const chunk of socket) {
    const lines = `${rest}${String(chunk)}`.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
    if (rest.length > longestLine) throw new Error('a line of the control protocol is too long');
  }
}

/** The first line that arrives, without ending the connection; undefined when it ends or grows too long before. */
export function firstLine(socket: Socket): Promise<string | undefined> {
  socket.setEncoding('utf8');
  let text = '';
  return new Promise((resolve) => {
    socket.once('close', () => resolve(undefined));
    socket.on('data', (chunk) => {
      text += String(chunk);
      const end = text.indexOf('\n');
      if (end >= 0) resolve(text.slice(0, end));
      else if (text.length > longestLine) socket.destroy();
    });
  });
}

/** A line as a message, or undefined when it is none. */
export function parseFrame<T>(schema: z.ZodType<T>, line: string): T | undefined {
  try {
    return schema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
