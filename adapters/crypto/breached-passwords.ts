import { createHash } from 'node:crypto';
import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import type { Clock } from '#src/clock.ts';
import type { Log } from '#src/log.ts';
import { isPublicAddress, publicLookup } from '../messaging/public-lookup.ts';

export interface BreachedPasswordsParts {
  /** What the first digits are written behind: `https://api.pwnedpasswords.com/range/`. */
  url: string;
  /** Whether the service may be on this machine or in a private network. */
  allowPrivate: boolean;
  log: Log;
  clock: Clock;
  /** CA certificates (PEM) in place of the well-known ones. */
  ca?: string | undefined;
  /** Milliseconds that an answer may take in all. */
  patienceMs?: number | undefined;
}

/** Asks whether a password is known from leaks. */
export interface BreachedPasswords {
  /** False also when nobody could say: a service that is down keeps nobody from a new password. Never throws. */
  isBreached(password: string): Promise<boolean>;
}

/** Hex digits of the hash that leave this machine: some 800 of the known passwords share them. */
const TOLD_DIGITS = 5;
const PATIENCE_MS = 2000;
/** Bytes; with padding a real answer has about 40,000. */
const MOST_BYTES = 1_048_576;
/** At most one line in this time says that the service gives trouble. */
const QUIET_MS = 60_000;

const row = /^([0-9A-F]{35}):(\d{1,15})$/;

/** Why nobody could say: a code of ours or of the connection. Never text that was received, never an address. */
function causeOf(failure: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'no answer in time';
  return failure instanceof Error && 'code' in failure ? String(failure.code) : 'unknown';
}

function trouble(code: string): Error {
  return Object.assign(new Error(code), { code });
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop ends the connection. A redirect is not followed: it could lead anywhere (ground rule 13).
  if (response.statusCode !== 200) {
    response.destroy();
    throw trouble(`status ${response.statusCode}`);
  }
  for await (const chunk of response) {
    const part = Buffer.from(chunk);
    bytes += part.length;
    if (bytes > MOST_BYTES) throw trouble('too long');
    chunks.push(part);
  }
  return Buffer.concat(chunks).toString('latin1');
}

/** Whether the rows have this end of a hash, seen at least once: rows seen 0 times are padding. */
function hasSuffix(text: string, suffix: string): boolean {
  let isAnswer = false;
  for (const line of text.split(/\r?\n/)) {
    const [, end, count] = row.exec(line) ?? [];
    if (end === undefined) {
      if (line !== '') throw trouble('not an answer');
      continue;
    }
    isAnswer = true;
    if (end === suffix && Number(count) > 0) return true;
  }
  if (!isAnswer) throw trouble('not an answer');
  return false;
}

function addressOf(url: string, prefix: string): URL {
  const address = new URL(url);
  address.pathname = `${address.pathname.replace(/\/$/, '')}/${prefix}`;
  return address;
}

/**
 * Asks a range service, such as Have I Been Pwned's, by k-anonymity (ASVS 6.2.12): it learns the first 5 of the 40
 * digits of a SHA-1 hash, and padding hides from the network how many rows came back. Asked only when somebody
 * chooses a password. Nothing of the password or its hash is logged.
 */
export function createBreachedPasswords(parts: BreachedPasswordsParts): BreachedPasswords {
  const { url, allowPrivate, log, clock, ca, patienceMs = PATIENCE_MS } = parts;
  let silentUntil = Number.NEGATIVE_INFINITY;
  let unsaid = 0;

  function tell(cause: string): void {
    const now = clock.now();
    if (now < silentUntil) {
      unsaid += 1;
      return;
    }
    log.warn({ cause, unsaid }, 'leaked passwords could not be asked for; new ones are taken without');
    silentUntil = now + QUIET_MS;
    unsaid = 0;
  }

  async function ask(prefix: string, signal: AbortSignal): Promise<string> {
    const address = addressOf(url, prefix);
    const host = address.hostname.replace(/^\[|\]$/g, '');
    if (!allowPrivate && isIP(host) !== 0 && !isPublicAddress(host)) throw trouble('EPRIVATE');
    const options: RequestOptions = {
      signal,
      // No connection outlives its question: they are too far apart.
      agent: false,
      headers: { 'add-padding': 'true', accept: 'text/plain', 'user-agent': 'Poortwachter' },
      ...(!allowPrivate && { lookup: publicLookup }),
      ...(ca !== undefined && { ca }),
    };
    const send = address.protocol === 'https:' ? requestHttps : requestHttp;
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    send(address, options, resolve).on('error', reject).end();
    return textOf(await promise);
  }

  return {
    async isBreached(password) {
      const digest = createHash('sha1').update(password.normalize('NFC'), 'utf8').digest('hex').toUpperCase();
      const signal = AbortSignal.timeout(patienceMs);
      try {
        return hasSuffix(await ask(digest.slice(0, TOLD_DIGITS), signal), digest.slice(TOLD_DIGITS));
      } catch (failure) {
        tell(causeOf(failure, signal));
        return false;
      }
    },
  };
}
