import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** Something that can be told what to do when it ends: a test, or a suite. */
interface Ending {
  after(end: () => Promise<void>): void;
}

/** What went over the wire to Postgres, whoever sent it. */
export interface WireRecorder {
  /** Stands in for the server's own address. */
  url: string;
  /** The SQL texts since the last call, in their order. */
  take(): string[];
}

export interface WireRecorderOptions {
  /** Tells clients another process id than the server's, as poolers do. */
  likeAPooler?: boolean;
}

const HEADER = 5;

/** Cuts a stream into the protocol's messages: a type, a length that counts itself, a body. */
function createReader(onMessage: (type: string, body: Buffer) => void) {
  let rest = Buffer.alloc(0);
  return (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= HEADER && rest.length > rest.readUInt32BE(1)) {
      const end = 1 + rest.readUInt32BE(1);
      onMessage(rest.toString('latin1', 0, 1), rest.subarray(HEADER, end));
      rest = rest.subarray(end);
    }
  };
}

/** The text of a query: alone in a simple one, after its name in one with parameters. */
function textOf(type: string, body: Buffer): string | undefined {
  const [first, second] = body.toString('utf8').split('\0');
  if (type === 'Q') return first;
  return type === 'P' ? second : undefined;
}

function tap(near: Socket, far: Socket, texts: string[], likeAPooler: boolean): void {
  let started = false;
  const read = createReader((type, body) => {
    const text = textOf(type, body);
    if (text !== undefined) texts.push(text);
  });
  near.on('data', (chunk) => {
    far.write(chunk);
    // The first message of a connection has no type.
    if (started) read(chunk);
    started = true;
  });
  const disguise = createReader((type, body) => {
    if (type === 'K' && likeAPooler) body.writeUInt32BE(body.readUInt32BE(0) + 1, 0);
    const header = Buffer.alloc(HEADER, type, 'latin1');
    header.writeUInt32BE(body.length + 4, 1);
    near.write(Buffer.concat([header, body]));
  });
  far.on('data', disguise);
}

/** Listens in between a test and Postgres, without TLS. It ends with the test. */
export async function openWireRecorder(
  t: Ending,
  url: string,
  { likeAPooler = false }: WireRecorderOptions = {},
): Promise<WireRecorder> {
  const address = new URL(url);
  const target = { port: Number(address.port), host: address.hostname };
  const texts: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(target);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => {}).once('close', () => other.destroy());
    }
    tap(near, far, texts, likeAPooler);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const own = server.address();
  if (own === null || typeof own === 'string') throw new Error('the recorder has no port');
  address.port = String(own.port);
  return { url: address.href, take: () => texts.splice(0) };
}
