import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ControlReply,
  type ControlRequest,
  controlRequest,
  firstLine,
  frame,
  parseFrame,
} from './control-protocol.ts';
import { exitCodes } from './failure.ts';
import type { Output } from './terminal.ts';

/** Runs one command; gives its exit code. What it writes goes to the asker. */
export type RunControlled = (
  request: ControlRequest,
  outputs: { stdout: Output; stderr: Output },
) => Promise<number>;

export interface ControlServerOptions {
  /** Where commands look for it: `<dataDir>/control.sock`. Whoever calls holds the folder's lock. */
  path: string;
  run: RunControlled;
}

/** Unix socket addresses end at 104 bytes on macOS, 108 on Linux. */
const longestAddress = 100;

/** A connection says what it wants in this many milliseconds, or is closed. */
const patience = 10_000;

/**
 * Takes commands from other processes of the same user, by a Unix socket that only this user can open (0600). An
 * address that would be too long gets its socket in a private folder (0700) and a link at `path`. Disposing ends
 * the connections and removes both.
 */
export async function openControlServer({ path, run }: ControlServerOptions): Promise<AsyncDisposable> {
  await rm(path, { force: true });
  const place = await placeFor(path);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // A command whose process went away loses its answer, not its effect.
    socket.on('error', () => socket.destroy());
    answer(socket, run).then(
      () => socket.end(),
      () => socket.destroy(),
    );
  });
  await listen(server, place.address);
  if (place.folder !== undefined) await symlink(place.address, path);
  return {
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
      await rm(path, { force: true });
      if (place.folder !== undefined) await rm(place.folder, { force: true, recursive: true });
    },
  };
}

async function placeFor(path: string): Promise<{ address: string; folder: string | undefined }> {
  if (Buffer.byteLength(path) <= longestAddress) return { address: path, folder: undefined };
  const folder = await mkdtemp(join(tmpdir(), 'poortwachter-'));
  return { address: join(folder, 'control.sock'), folder };
}

function listen(server: Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // listen() binds before it returns, so nobody can connect between binding and the mode.
    const before = process.umask(0o177);
    try {
      server.listen(address, resolve);
    } finally {
      process.umask(before);
    }
  });
}

async function answer(socket: Socket, run: RunControlled): Promise<void> {
  socket.setTimeout(patience, () => socket.destroy());
  const line = await firstLine(socket);
  if (line === undefined) return;
  socket.setTimeout(0);
  const send = (reply: ControlReply) => socket.write(frame(reply));
  const request = parseFrame(controlRequest, line);
  if (request === undefined) {
    send({ stderr: 'The running process is of another version and does not know this request.\n' });
    send({ exit: exitCodes.usage });
    return;
  }
  const stdout = { write: (text: string) => send({ stdout: text }) };
  const stderr = { write: (text: string) => send({ stderr: text }) };
  send({ exit: await run(request, { stdout, stderr }) });
}
