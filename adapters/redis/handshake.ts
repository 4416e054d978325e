import { connect as connectPlain, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';

interface Node {
  host: string;
  port: number;
}

/** Milliseconds of silence after which the other side has said what it has to say. */
const LISTEN_FOR = 500;

/** What became of a handshake. */
export interface Handshake {
  /** It came to its end: the other side speaks TLS, and its certificate is believed. */
  done: boolean;
  /** What ended the connection; undefined when it was only closed, or silent. */
  failure: unknown;
}

/** Resolves when the connection has failed, was closed, or is silent; to what it failed with. */
async function outcomeOf(socket: Socket): Promise<unknown> {
  const closed = Promise.withResolvers<void>();
  let failure: unknown;
  socket.once('error', (error) => {
    failure = error;
  });
  socket.once('timeout', () => socket.destroy());
  // Comes after every end, with an error or without one.
  socket.once('close', () => closed.resolve());
  socket.resume();
  await closed.promise;
  return failure;
}

/**
 * Greets a server in TLS and listens for a while: it speaks of our certificate only after the handshake, and a connection
 * that has begun to write by then often hears only that it was closed. Never throws.
 */
export async function shakeHands(node: Node, tls: ConnectionOptions): Promise<Handshake> {
  let done = false;
  try {
    const socket = connectTls({ ...node, ...tls, timeout: LISTEN_FOR });
    socket.once('secureConnect', () => {
      done = true;
    });
    return { failure: await outcomeOf(socket), done };
  } catch (failure) {
    return { done, failure };
  }
}

/**
 * Whether this is a Redis, or a sentinel, without TLS: it answers PING in plain text, if only to ask for a password.
 * Nothing of ours is sent, no password either. Never throws.
 */
export async function answersInPlain(node: Node): Promise<boolean> {
  const socket = connectPlain({ ...node, timeout: LISTEN_FOR });
  let said = '';
  socket.once('connect', () => socket.write('PING\r\n'));
  socket.once('data', (words) => {
    said = words.toString('latin1');
    socket.destroy();
  });
  await outcomeOf(socket);
  return /^(\+PONG|-[A-Z]+ )/.test(said);
}
