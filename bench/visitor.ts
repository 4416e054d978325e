import { createHmac, randomBytes } from 'node:crypto';
import { type Answer, type Ask, type HttpClient, locationOf } from './http-client.ts';

/** Somebody who can sign in. */
export interface Person {
  id: string;
  loginName: string;
  email: string;
  /** Key of the authenticator app. */
  appKey: Buffer;
}

/** Seconds for which one code of an app is shown (RFC 6238). */
const CODE_PERIOD = 30;

/** The code of an authenticator app: TOTP of six digits (RFC 6238, RFC 4226 §5.3). `at` in milliseconds. */
export function appCode(key: Buffer, at: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 1000 / CODE_PERIOD)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 0xf;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/**
 * People in turn. A code of an app works once, so nobody may come back within the time of one code. Throws when
 * there are too few people for the speed.
 */
export function takeTurns(people: readonly Person[], now: () => number = Date.now): () => Person {
  const lastStep = new Map<string, number>();
  let next = 0;
  return () => {
    const person = people[next % people.length];
    next += 1;
    const step = Math.floor(now() / 1000 / CODE_PERIOD);
    if (person === undefined || lastStep.get(person.id) === step) {
      throw new Error(`${people.length} accounts are too few: a code of an app works only once`);
    }
    lastStep.set(person.id, step);
    return person;
  };
}

let addresses = 0;

/** An address that nobody else has: RFC 2544 keeps this network for measurements. */
function newAddress(): string {
  addresses = (addresses + 1) % 0x1_ffff;
  return `198.${18 + (addresses >> 16)}.${(addresses >> 8) & 0xff}.${addresses & 0xff}`;
}

interface Cookie {
  value: string;
  path: string;
}

/** A browser: an address of its own, and cookies by path. */
export class Visitor {
  readonly #client: HttpClient;
  readonly #cookies = new Map<string, Cookie>();
  readonly #address = newAddress();
  readonly #origin: string;

  constructor(client: HttpClient, origin: string) {
    this.#client = client;
    this.#origin = origin;
  }

  async #ask(ask: Ask): Promise<Answer> {
    const path = ask.path.split('?')[0] ?? '';
    const sent: string[] = [];
    for (const [name, cookie] of this.#cookies) {
      if (path.startsWith(cookie.path)) sent.push(`${name.split('@')[0]}=${cookie.value}`);
    }
    const headers: Record<string, string> = {
      accept: 'text/html',
      'accept-language': 'nl',
      'x-forwarded-for': this.#address,
      ...ask.headers,
    };
    if (sent.length > 0) headers.cookie = sent.join('; ');
    const answer = await this.#client.ask({ ...ask, headers });
    for (const line of answer.headers['set-cookie'] ?? []) this.#keep(line);
    return answer;
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const at = pair.indexOf('=');
    const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
    const path = attributes.find((text) => /^path=/i.test(text))?.slice('path='.length) ?? '/';
    const key = `${name}@${path}`;
    if (value === '') this.#cookies.delete(key);
    else this.#cookies.set(key, { value, path });
  }

  /** Opens an address of the server, whole or as a path. */
  get(address: string): Promise<Answer> {
    return this.#ask({
      path: address.startsWith(this.#origin) ? address.slice(this.#origin.length) : address,
    });
  }

  /** Posts a form as a page of the server's own would. */
  post(path: string, fields: Record<string, string>): Promise<Answer> {
    const body = new URLSearchParams(fields).toString();
    const headers = { origin: this.#origin, 'sec-fetch-site': 'same-origin' };
    return this.#ask({ method: 'POST', path, headers, body });
  }
}

/** What follows the state in an authorization request and its exchange. */
export const newState = () => randomBytes(16).toString('base64url');

/** The code in the address that the browser was sent back to, which carries the request's own state. */
export function codeIn(what: string, answer: Answer, way: { redirectUri: string; state: string }): string {
  const found = new URL(locationOf(what, answer, way.redirectUri)).searchParams;
  const code = found.get('code');
  if (code === null || found.get('state') !== way.state) {
    throw new Error(`${what}: the browser came back with ${[...found.keys()].join(', ')} and no code`);
  }
  return code;
}
