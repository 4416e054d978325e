import { randomBytes } from 'node:crypto';
import type { YubicoAnswer, YubicoValidation } from '#src/sign-in/yubico.ts';
import type { SparingLog } from '#src/sparing-log.ts';
import { askServer } from './ask-server.ts';
import { firstFinal } from './first-final.ts';
import { type Fault, judgeAnswer, type Question } from './judge-answer.ts';
import { SIGNATURE, signatureOf } from './signature.ts';

/** How long to wait, in milliseconds: for one server before the next is asked too, and for all of them. */
export interface Waits {
  next: number;
  all: number;
}

const WAITS: Waits = { next: 500, all: 5_000 };

/** Seconds that a server may wait for the servers it works with: less than we wait for it. */
const SYNC_SECONDS = 3;

export interface YubicoValidationOptions {
  clientId: number;
  /** The secret shared with the servers. */
  key: Buffer;
  /** Addresses of their `verify`, the one to ask first in front. */
  servers: readonly string[];
  record: SparingLog;
  /** For tests. */
  waits?: Waits;
}

/** The request as a query. `sl=secure`: as many other servers must have heard of the code as that server's owner says. */
function queryOf(clientId: number, { otp, nonce, key }: Question): string {
  const parameters = new Map([
    ['id', String(clientId)],
    ['otp', otp],
    ['nonce', nonce],
    ['timestamp', '1'],
    ['sl', 'secure'],
    ['timeout', String(SYNC_SECONDS)],
  ]);
  parameters.set(SIGNATURE, signatureOf(parameters, key));
  return new URLSearchParams([...parameters]).toString();
}

/** Aborts after `ms`, when the caller's own signal does, and at the end of the scope. */
function createDeadline(ms: number, outer: AbortSignal | undefined) {
  const over = new AbortController();
  const abort = () => over.abort();
  const timer = setTimeout(abort, ms);
  if (outer?.aborted) abort();
  outer?.addEventListener('abort', abort);
  return {
    signal: over.signal,
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      outer?.removeEventListener('abort', abort);
      abort();
    },
  };
}

/**
 * Yubico OTP against servers of validation protocol 2.0: Yubico's or one's own. The same nonce goes to all of them, so
 * that servers which share what they saw don't take our second question for a replay. The first trustworthy answer
 * counts and the others are dropped; without one in time the answer is `unavailable`.
 */
export function createYubicoValidation(options: YubicoValidationOptions): YubicoValidation {
  const { clientId, key, servers, record, waits = WAITS } = options;

  function tell(server: string, { reason, harmless }: Fault): void {
    const { host } = new URL(server);
    record(harmless ? 'debug' : 'warn', `yubico ${host} ${reason}`, `YubiKey validation: ${host} ${reason}`);
  }

  return {
    async validate(otp, signal): Promise<YubicoAnswer> {
      const question: Question = { otp, nonce: randomBytes(16).toString('hex'), key };
      const query = queryOf(clientId, question);
      using deadline = createDeadline(waits.all, signal);
      let settled = false;
      const answer = await firstFinal<YubicoAnswer>(
        servers,
        async (server) => {
          const reply = await askServer(server, query, deadline.signal);
          const verdict = reply.kind === 'text' ? judgeAnswer(reply.text, question) : reply;
          if (verdict.kind !== 'fault') return verdict;
          // Whoever lost the race, or was dropped with the caller, did nothing wrong.
          if (!settled && !signal?.aborted) tell(server, verdict);
          return undefined;
        },
        { pause: waits.next, signal: deadline.signal },
      );
      settled = true;
      return answer ?? { kind: 'unavailable' };
    },
  };
}
