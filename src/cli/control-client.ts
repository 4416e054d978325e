import { realpath } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { type ControlRequest, controlReply, frame, linesOf, parseFrame } from './control-protocol.ts';
import { CommandFailure } from './failure.ts';
import type { RunningHolder } from './operations.ts';
import type { Output } from './terminal.ts';

/**
 * Runs a command inside the process that holds the data folder and passes on what it writes. Gives its exit code;
 * throws a CommandFailure when the process does not answer.
 */
export async function runInHolder(
  holder: RunningHolder,
  request: ControlRequest,
  outputs: { stdout: Output; stderr: Output },
): Promise<number> {
  const socket = await open(holder);
  try {
    socket.write(frame(request));
    for await (const line of linesOf(socket)) {
      const reply = parseFrame(controlReply, line);
      if (reply === undefined) break;
      if ('exit' in reply) return reply.exit;
      if ('stdout' in reply) outputs.stdout.write(reply.stdout);
      else outputs.stderr.write(reply.stderr);
    }
  } catch {
    // A broken connection is told below, like one that ended early.
  } finally {
    socket.destroy();
  }
  throw new CommandFailure(
    `process ${holder.pid} ended before it answered; look whether the command took effect`,
  );
}

async function open(holder: RunningHolder): Promise<Socket> {
  // A long address is a link to a short one, see control-server.ts.
  const address = await realpath(holder.socket).catch(() => holder.socket);
  const socket = connect(address);
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(socket));
    socket.once('error', (cause) => {
      const code = 'code' in cause ? String(cause.code) : cause.message;
      const sentence = `process ${holder.pid} uses the data folder but takes no commands at ${holder.socket}`;
      reject(new CommandFailure(`${sentence} (${code}); wait until it has started, or stop it`));
    });
  });
}
