import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createSocketServer, type Server } from 'node:net';
import { json } from 'node:stream/consumers';
import { describe, type TestContext, test } from 'node:test';
import { z } from 'zod';
import { createHttpGateway, type HttpGatewayParts } from '#adapters/messaging/http-gateway.ts';
import { createLog } from '#src/log.ts';
import type { Dispatch } from '#src/message/ports.ts';
import { type Arrived, type Behaviour, describeSupplierContract } from '../../contracts/supplier.ts';
import { makeAuthority } from '../../support/certificates.ts';

const to = '+31612345678';
const silentLog = createLog({ level: 'silent', format: 'json' });
const posted = z.object({ to: z.string(), text: z.string(), reference: z.string() });

async function listening(t: TestContext, server: Server, scheme = 'http'): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = z
    .object({ port: z.number() })
    .parse(server.address() satisfies AddressInfo | string | null);
  return `${scheme}://127.0.0.1:${port}/send`;
}

function gatewayAt(url: string, parts: Partial<HttpGatewayParts> = {}) {
  return createHttpGateway({
    ...{ url, authorization: 'Bearer k', body: '{"to":"{to}","text":"{text}","reference":"{reference}"}' },
    ...{ from: undefined, channels: ['sms', 'voice'], allowPrivate: true, ca: undefined, log: silentLog },
    ...parts,
  });
}

const STATUSES: Partial<Record<Behaviour, number>> = {
  takes: 202,
  busy: 503,
  number: 422,
  balance: 402,
  rejected: 401,
};

/** A gateway that answers as it should, or lies in one way. */
async function lyingServer(t: TestContext, how: Behaviour, onRequest: RequestListener): Promise<string> {
  if (how === 'garbage') {
    const server = createSocketServer((socket) => socket.end('220 mail.example ESMTP\r\n'));
    return listening(t, server);
  }
  if (how === 'impostor') {
    const { cert, key } = await (await makeAuthority(t)).issue('IP:127.0.0.1');
    return listening(t, createTlsServer({ cert, key }, onRequest), 'https');
  }
  const server = createServer(onRequest);
  const url = await listening(t, server);
  if (how === 'absent') await new Promise((resolve) => server.close(resolve));
  return url;
}

describeSupplierContract('A gateway of one’s own', {
  ...{ channel: 'sms', to },
  behaviours: ['silent', 'absent', 'cut', 'garbage', 'busy', 'impostor', 'number', 'balance', 'rejected'],
  open: async (t, how, log) => {
    const arrived: Arrived[] = [];
    const { promise: reached, resolve } = Promise.withResolvers<void>();
    const url = await lyingServer(t, how, async (req, res) => {
      const body = posted.parse(await json(req));
      arrived.push({ to: body.to, text: body.text });
      resolve();
      if (how === 'cut') req.socket.destroy();
      else if (how !== 'silent') res.writeHead(STATUSES[how] ?? 500).end('{"said":"123456 to 31612345678"}');
    });
    return { supplier: gatewayAt(url, { log }), arrived, reached };
  },
});

const dispatch: Dispatch = {
  ...{ at: 1, channel: 'voice', to, text: 'Uw code', locale: 'en' },
  ...{ tenantId: 't', issuer: 'https://login.example', delivery: 'd-1' },
};

/** Sends one message to a server that answers as told. */
async function sendTo(t: TestContext, answer: RequestListener, parts: Partial<HttpGatewayParts> = {}) {
  const requests: IncomingMessage[] = [];
  const server = createServer((req, res) => {
    requests.push(req);
    answer(req, res);
  });
  const gateway = gatewayAt(await listening(t, server), parts);
  return { result: await gateway.send(dispatch, AbortSignal.timeout(5000)), requests };
}

describe('a gateway of one’s own', () => {
  test('is given what the template names, and the secret in its header', async (t) => {
    let body: unknown;
    const answer: RequestListener = async (req, res) => {
      body = await json(req);
      res.writeHead(200).end();
    };
    const template = '{"who":["{to}"],"say":"{locale}/{channel}: {text}","by":"{from}","id":"{reference}"}';
    const { result, requests } = await sendTo(t, answer, { body: template, from: 'Example' });
    assert.deepEqual(result, { ok: true, supplier: 'http' });
    assert.deepEqual(body, { who: [to], say: 'en/voice: Uw code', by: 'Example', id: 'd-1' });
    assert.equal(requests[0]?.headers.authorization, 'Bearer k');
    assert.equal(requests[0]?.headers['content-type'], 'application/json');
  });

  test('is not followed to another address', async (t) => {
    const elsewhere: string[] = [];
    const other = createServer((req, res) => {
      elsewhere.push(req.url ?? '');
      res.end();
    });
    const location = await listening(t, other);
    for (const status of [301, 302, 307, 308]) {
      const { result } = await sendTo(t, (_req, res) => res.writeHead(status, { location }).end());
      assert.deepEqual(result, { ok: false, fault: 'unreachable' });
    }
    assert.deepEqual(elsewhere, []);
  });

  test('can not fill the memory with an answer that never ends', async (t) => {
    const { promise: cutOff, resolve } = Promise.withResolvers<void>();
    const { result } = await sendTo(t, (_req, res) => {
      res.writeHead(200);
      const more = () => {
        while (res.write(Buffer.alloc(16_384)));
      };
      res.on('drain', more).on('close', resolve);
      more();
    });
    assert.deepEqual(result, { ok: true, supplier: 'http' });
    await cutOff;
  });

  test('has its own certificate authority where it is told one', async (t) => {
    const authority = await makeAuthority(t);
    const { cert, key } = await authority.issue('IP:127.0.0.1');
    const server = createTlsServer({ cert, key }, (req, res) => {
      req.resume();
      res.writeHead(200).end();
    });
    const url = await listening(t, server, 'https');
    const known = await gatewayAt(url, { ca: authority.cert }).send(dispatch, AbortSignal.timeout(5000));
    assert.deepEqual(known, { ok: true, supplier: 'http' });
    const wrongName = await authority.issue('DNS:elsewhere.example');
    const impostor = createTlsServer({ cert: wrongName.cert, key: wrongName.key }, (_req, res) => res.end());
    const other = gatewayAt(await listening(t, impostor, 'https'), { ca: authority.cert });
    assert.deepEqual(await other.send(dispatch, AbortSignal.timeout(5000)), {
      ok: false,
      fault: 'unreachable',
    });
  });

  for (const host of ['127.0.0.1', 'localhost', '[::1]', '[::ffff:7f00:1]']) {
    test(`at ${host} is out of reach unless that is allowed by name`, async (t) => {
      let asked = 0;
      const server = createServer((_req, res) => {
        asked += 1;
        res.end();
      });
      const url = (await listening(t, server)).replace('127.0.0.1', host);
      const result = await gatewayAt(url, { allowPrivate: false }).send(dispatch, AbortSignal.timeout(5000));
      assert.deepEqual(result, { ok: false, fault: 'unreachable' });
      assert.equal(asked, 0);
    });
  }
});
