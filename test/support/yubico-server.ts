import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { Touch, YubiKey } from './yubikey.ts';

/** Something that can be told what to do when it ends: a test, or a suite. */
interface Ending {
  after(end: () => Promise<void>): void;
}

type Fields = Record<string, string>;

/** The ways in which the server can lie or fail, each until another is chosen. */
export const LIES = [
  'wrong-signature',
  'foreign-signature',
  'unsigned',
  'other-otp',
  'other-nonce',
  'no-echo',
  'old-answer',
  'altered-status',
  'unknown-status',
  'no-status',
  'no-counters',
  'mad-counters',
  'two-statuses',
  'garbage',
  'empty',
  'huge',
  'redirect',
  'status-500',
  'broken-off',
  'hang',
  'backend-error',
  'not-enough-answers',
  'replayed-request',
  'operation-not-allowed',
] as const;
export type Lie = (typeof LIES)[number];

/** What validation servers that work together know: the keys, and the last touch of each with the nonce it came with. */
export interface Ledger {
  keys: readonly YubiKey[];
  seen: Map<string, Touch & { nonce: string }>;
}

/** Makes one that knows these keys and has seen nothing of them. */
export function createLedger(...keys: YubiKey[]): Ledger {
  return { keys, seen: new Map() };
}

/** A validation server on this machine. */
export interface YubicoServer {
  /** Address of its `verify`. */
  address: string;
  clientId: number;
  /** Base64. */
  secretKey: string;
  /** What it was asked so far. */
  asked: readonly Fields[];
  /** From now on it lies, or tells the truth again. */
  lie(lie: Lie | undefined): void;
  /** From now on it answers this many milliseconds later, with what was true when it was asked. */
  delay(ms: number): void;
}

const NO_KEY = Buffer.alloc(0);

function sign(fields: Fields, key: Buffer): string {
  const names = Object.keys(fields)
    .filter((name) => name !== 'h')
    .sort();
  return createHmac('sha1', key)
    .update(names.map((name) => `${name}=${fields[name]}`).join('&'))
    .digest('base64');
}

/** What the protocol has a server say, and the key that Yubico's own signs it with. */
function judge(
  asked: Fields,
  clientId: number,
  key: Buffer,
  ledger: Ledger,
): { fields: Fields; key: Buffer } {
  const { id, otp = '', nonce = '' } = asked;
  const echo = { otp, nonce };
  if (!/^[A-Za-z0-9]{16,40}$/.test(nonce)) return { fields: { status: 'MISSING_PARAMETER' }, key: NO_KEY };
  if (id !== String(clientId)) return { fields: { status: 'NO_SUCH_CLIENT' }, key: NO_KEY };
  if (asked.h !== undefined && asked.h !== sign(asked, key))
    return { fields: { status: 'BAD_SIGNATURE' }, key };
  const owner = ledger.keys.find(({ publicId }) => otp.length === 44 && otp.startsWith(publicId));
  const touch = owner?.read(otp);
  // The real one sends no echo here.
  if (owner === undefined || touch === undefined) return { fields: { status: 'BAD_OTP' }, key };
  const last = ledger.seen.get(owner.publicId);
  if (last !== undefined && last.session * 256 + last.use >= touch.session * 256 + touch.use) {
    const same = last.session === touch.session && last.use === touch.use && last.nonce === nonce;
    return { fields: { ...echo, status: same ? 'REPLAYED_REQUEST' : 'REPLAYED_OTP' }, key };
  }
  ledger.seen.set(owner.publicId, { ...touch, nonce });
  const counters = {
    sessioncounter: String(touch.session),
    sessionuse: String(touch.use),
    timestamp: '4711',
  };
  const told = asked.timestamp === '1' ? counters : {};
  return { fields: { ...echo, sl: '100', ...told, status: 'OK' }, key };
}

function signed(fields: Fields, key: Buffer): Fields {
  const dated = { t: '2026-01-15T09:00:00Z0123', ...fields };
  return { h: sign(dated, key), ...dated };
}

function without(fields: Fields, ...names: string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}

const linesOf = (fields: Fields) =>
  Object.entries(fields)
    .map(([name, value]) => `${name}=${value}\r\n`)
    .join('');

/** A truth to twist, and what every lie makes of it. The lies always claim OK, whatever the code was. */
interface Truth {
  asked: Fields;
  ok: Fields;
  key: Buffer;
  /** The first honest OK it ever gave. */
  old: string;
}

const TEXTS: Partial<Record<Lie, (truth: Truth) => string>> = {
  'wrong-signature': ({ ok, key }) => linesOf({ ...signed(ok, key), h: sign({ x: '1' }, key) }),
  'foreign-signature': ({ ok }) => linesOf(signed(ok, randomBytes(20))),
  unsigned: ({ ok, key }) => linesOf(without(signed(ok, key), 'h')),
  'other-otp': ({ ok, key }) => linesOf(signed({ ...ok, otp: `${'c'.repeat(12)}${'b'.repeat(32)}` }, key)),
  'other-nonce': ({ ok, key }) => linesOf(signed({ ...ok, nonce: 'a'.repeat(32) }, key)),
  'no-echo': ({ ok, key }) => linesOf(signed(without(ok, 'otp', 'nonce'), key)),
  'old-answer': ({ old }) => old,
  'altered-status': ({ ok, key }) =>
    linesOf({ ...signed({ ...ok, status: 'REPLAYED_OTP' }, key), status: 'OK' }),
  'unknown-status': ({ ok, key }) => linesOf(signed({ ...ok, status: 'FINE' }, key)),
  'no-status': ({ ok, key }) => linesOf(signed(without(ok, 'status'), key)),
  'no-counters': ({ ok, key }) => linesOf(signed(without(ok, 'sessioncounter', 'sessionuse'), key)),
  'mad-counters': ({ ok, key }) => linesOf(signed({ ...ok, sessioncounter: '-1', sessionuse: '1e2' }, key)),
  'two-statuses': ({ ok, key }) => `status=REPLAYED_OTP\r\n${linesOf(signed(ok, key))}`,
  garbage: () => '<html><body>status=OK</body></html>',
  empty: () => '',
  huge: ({ ok, key }) => linesOf(signed({ ...ok, z: 'z'.repeat(5_000) }, key)),
  'backend-error': ({ ok, key }) => linesOf(signed({ ...ok, status: 'BACKEND_ERROR' }, key)),
  'not-enough-answers': ({ ok, key }) => linesOf(signed({ ...ok, status: 'NOT_ENOUGH_ANSWERS' }, key)),
  'replayed-request': ({ ok, key }) => linesOf(signed({ ...ok, status: 'REPLAYED_REQUEST' }, key)),
  'operation-not-allowed': ({ ok, key }) => linesOf(signed({ ...ok, status: 'OPERATION_NOT_ALLOWED' }, key)),
};

/** Sends what a lie makes of the truth. */
function sendLie(response: ServerResponse, lie: Lie, truth: Truth): void {
  const honest = linesOf(signed(truth.ok, truth.key));
  switch (lie) {
    case 'hang':
      return;
    case 'broken-off':
      response.writeHead(200, { 'content-length': '1000' });
      response.write(honest, () => response.destroy());
      return;
    case 'redirect':
      // To where the truth would be told: whoever follows is told OK.
      response.writeHead(302, { location: `/honest?${new URLSearchParams(truth.asked)}` }).end(honest);
      return;
    case 'status-500':
      response.writeHead(500).end(honest);
      return;
    default:
      response.end(TEXTS[lie]?.(truth) ?? '');
  }
}

/** Answers requests, truly or not. */
function createAnswering(ledger: Ledger, clientId: number, key: Buffer) {
  let old: string | undefined;
  const truthOf = (asked: Fields): string => {
    const truth = judge(asked, clientId, key, ledger);
    const text = linesOf(signed(truth.fields, truth.key));
    if (truth.fields.status === 'OK') old ??= text;
    return text;
  };
  /** What is to be sent; whatever is true is decided now, however late it is sent. */
  return (asked: Fields, lie: Lie | undefined): ((response: ServerResponse) => void) => {
    if (lie === undefined) {
      const text = truthOf(asked);
      return (response) => response.end(text);
    }
    const { otp = '', nonce = '' } = asked;
    const ok = { otp, nonce, sl: '100', sessioncounter: '9', sessionuse: '9', status: 'OK' };
    return (response) => sendLie(response, lie, { asked, ok, key, old: old ?? '' });
  };
}

/**
 * Starts a validation server on this machine, for the length of the test. It speaks protocol 2.0 truly until it is told
 * to lie. Servers with one ledger work together: what one has seen, the others know.
 */
export async function startYubicoServer(
  t: Ending,
  ledger: Ledger,
  { clientId = 4711, secretKey = randomBytes(20).toString('base64') } = {},
): Promise<YubicoServer> {
  const answer = createAnswering(ledger, clientId, Buffer.from(secretKey, 'base64'));
  const asked: Fields[] = [];
  const timers = new Set<NodeJS.Timeout>();
  let lying: Lie | undefined;
  let late = 0;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const fields = Object.fromEntries(url.searchParams);
    asked.push(fields);
    const send = answer(fields, url.pathname === '/honest' ? undefined : lying);
    response.setHeader('content-type', 'text/plain');
    if (late === 0) send(response);
    else timers.add(setTimeout(send, late, response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    for (const timer of timers) clearTimeout(timer);
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    address: `http://127.0.0.1:${address.port}/wsapi/2.0/verify`,
    clientId,
    secretKey,
    asked,
    lie: (lie) => {
      lying = lie;
    },
    delay: (ms) => {
      late = ms;
    },
  };
}
