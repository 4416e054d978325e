import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';

/** A server of this test run alone. */
export interface PrivateServer {
  /** Ends it and resolves when it is gone. */
  stop(): Promise<void>;
}

export interface ServerCommand {
  title: string;
  command: string;
  args: readonly string[];
  port: number;
  /** The server's own folder; removed when the server ends. */
  folder: string;
  /** File that the server's words go to, told when it does not start. */
  logFile: string;
  user: { uid?: number; gid?: number };
}

/**
 * Runs the server until our end of its standard input closes, which happens however this process ends; then
 * stops it and removes its folder. It ignores a Ctrl-C, which reaches it too, so as to live to clean up.
 */
const GUARD = `
trap '' INT TERM HUP PIPE
folder=$1; log=$2; shift 2
exec 3<&0
"$@" >"$log" 2>&1 </dev/null 3<&- &
server=$!
(cat <&3 >/dev/null; kill -INT "$server" 2>/dev/null) &
reader=$!
wait "$server"
echo ended
wait "$reader"
rm -rf "$folder"
`;

const START_LIMIT = 30_000;

/**
 * Ports that no system gives to connections that go out (Linux begins at 32768): one that is free now is not taken by
 * another test's request before it is listened on.
 */
const OWN_PORTS = { from: 12_000, to: 32_000 };
const PORT_TRIES = 100;

/** A free port of the loopback address; free at the moment of asking. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < PORT_TRIES; tries += 1) {
    const port = randomInt(OWN_PORTS.from, OWN_PORTS.to);
    const server = createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch {
      continue;
    }
    server.close();
    await once(server, 'close');
    return port;
  }
  throw new Error('no free port on the loopback address');
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

function wordsOf(logFile: string): string {
  try {
    return readFileSync(logFile, 'utf8').slice(-2000);
  } catch {
    return '(it wrote nothing)';
  }
}

async function untilReady(server: ServerCommand, hasEnded: () => boolean): Promise<void> {
  const deadline = Date.now() + START_LIMIT;
  while (!(await accepts(server.port))) {
    if (hasEnded() || Date.now() > deadline) {
      throw new Error(`${server.title} did not start: ${wordsOf(server.logFile)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Starts a server on the loopback address and resolves when it accepts connections. */
export async function startServer(server: ServerCommand): Promise<PrivateServer> {
  const { command, args, folder, logFile, user } = server;
  const guard = spawn('/bin/sh', ['-c', GUARD, 'guard', folder, logFile, command, ...args], {
    ...user,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const gone = once(guard, 'close');
  let ended = false;
  guard.stdout.on('data', () => {
    ended = true;
  });
  const stop = async () => {
    guard.stdin.end();
    await gone;
  };
  try {
    await untilReady(server, () => ended);
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}
