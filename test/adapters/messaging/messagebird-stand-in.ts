import type { TestContext } from 'node:test';
import nock from 'nock';
import { z } from 'zod';
import type { Arrived, Behaviour, SupplierBench } from '../../contracts/supplier.ts';

/** What MessageBird is asked for a text message or a call. */
const asked = z.looseObject({ recipients: z.string(), body: z.string(), reference: z.string() });

/** An answer: its status, and its body as text or as what becomes JSON. */
type Answer = [status: number, body: string | object];

const refusal = (status: number, code: number, parameter: string | null): Answer => [
  status,
  // Their words repeat what was asked: nothing of them may reach a log.
  { errors: [{ code, description: 'no (correct) 31612345678 found: 123456', parameter }] },
];

/** What MessageBird answers to a message that it takes. */
export function taken(status = 'sent'): Answer {
  const items = [{ recipient: 31612345678, status, statusDatetime: '2026-01-15T09:00:00+00:00' }];
  return [201, { id: 'e8077d803532c0b5937c639b60216938', recipients: { totalCount: 1, items } }];
}

const ANSWERS: Partial<Record<Behaviour, Answer>> = {
  takes: taken(),
  garbage: [200, '<html>Gateway</html>'],
  busy: [503, 'try again'],
  number: refusal(422, 9, 'recipients'),
  balance: refusal(402, 25, null),
  rejected: refusal(401, 2, 'access_key'),
};

/** Requests that reached the stand-in. */
export interface StandIn extends Omit<SupplierBench, 'supplier'> {
  requests: { authorization: string | null; body: unknown }[];
}

/**
 * Puts a stand-in in the place of MessageBird's host for one test; the SDK itself is the real one. `code` is that of a
 * connection that fails.
 */
export function standInForMessageBird(
  t: TestContext,
  path: string,
  answer: Answer | 'silent' | { code: string },
): StandIn {
  nock.disableNetConnect();
  t.after(() => {
    nock.abortPendingRequests();
    nock.cleanAll();
    nock.enableNetConnect();
  });
  const { promise: reached, resolve } = Promise.withResolvers<void>();
  const { promise: forever } = Promise.withResolvers<Answer>();
  const arrived: Arrived[] = [];
  const requests: StandIn['requests'] = [];
  const post = nock('https://rest.messagebird.com').post(path);
  if (typeof answer === 'object' && 'code' in answer)
    // What a socket says of itself may hold what was sent on it.
    post.replyWithError(Object.assign(new Error('failed at 31612345678: 123456'), answer));
  else {
    post.reply(async (request: Request) => {
      const body: unknown = await request.json();
      const { recipients, body: text } = asked.parse(body);
      arrived.push({ to: `+${recipients}`, text });
      requests.push({ authorization: request.headers.get('authorization'), body });
      resolve();
      return answer === 'silent' ? forever : answer;
    });
  }
  return { arrived, requests, reached };
}

/** The same by the contract's names. */
export function standInThat(t: TestContext, path: string, how: Behaviour): StandIn {
  return standInForMessageBird(
    t,
    path,
    ANSWERS[how] ?? (how === 'silent' ? 'silent' : { code: 'ECONNRESET' }),
  );
}
