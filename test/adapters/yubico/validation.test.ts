import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { signatureOf } from '#adapters/yubico/signature.ts';
import { createYubicoValidation, type Waits } from '#adapters/yubico/validation.ts';
import { createLedger, LIES, startYubicoServer, type YubicoServer } from '../../support/yubico-server.ts';
import { createYubiKey } from '../../support/yubikey.ts';

const PATIENT: Waits = { next: 500, all: 5_000 };
const HASTY: Waits = { next: 5, all: 250 };

/** An address on this machine that nobody listens on any more. */
async function nobody(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${address.port}/wsapi/2.0/verify`;
}

interface Options {
  count?: number;
  waits?: Waits;
  /** Addresses to ask before any of them. */
  first?: string[];
}

/** A key, `count` servers that work together, and a validation that asks them in turn. */
async function setUp(t: TestContext, { count = 1, waits = PATIENT, first = [] }: Options = {}) {
  const key = createYubiKey();
  const ledger = createLedger(key);
  const server = await startYubicoServer(t, ledger);
  const others: YubicoServer[] = [];
  for (let more = 1; more < count; more += 1) others.push(await startYubicoServer(t, ledger, server));
  const lines: string[] = [];
  const validationWith = (by: Pick<YubicoServer, 'clientId' | 'secretKey'>) =>
    createYubicoValidation({
      clientId: by.clientId,
      key: Buffer.from(by.secretKey, 'base64'),
      servers: [...first, ...[server, ...others].map(({ address }) => address)],
      record: (level, kind, message) => lines.push(`${level} ${kind} ${message}`),
      waits,
    });
  return {
    key,
    ledger,
    server,
    second: others[0] ?? server,
    lines,
    validation: validationWith(server),
    validationWith,
  };
}

describe('validating a code', () => {
  test('that was never used gives the counters of the key, and a second time it is replayed', async (t) => {
    const { key, validation, lines } = await setUp(t);
    const otp = key.touch();
    const { publicId } = key;
    assert.deepEqual(await validation.validate(otp), {
      kind: 'valid',
      publicId,
      sessionCounter: 1,
      useCounter: 0,
    });
    assert.deepEqual(await validation.validate(otp), { kind: 'refused', reason: 'replayed' });
    const next = await validation.validate(key.touch());
    assert.deepEqual(next, { kind: 'valid', publicId, sessionCounter: 1, useCounter: 1 });
    key.replug();
    const later = await validation.validate(key.touch());
    assert.deepEqual(later, { kind: 'valid', publicId, sessionCounter: 2, useCounter: 0 });
    assert.deepEqual(lines, []);
  });

  test('that is older than one already used is replayed', async (t) => {
    const { key, validation } = await setUp(t);
    const [older, newer] = [key.touch(), key.touch()];
    assert.equal((await validation.validate(newer)).kind, 'valid');
    assert.deepEqual(await validation.validate(older), { kind: 'refused', reason: 'replayed' });
  });

  test('that no key made is bad', async (t) => {
    const { key, validation, lines } = await setUp(t);
    const otp = key.touch();
    const altered = otp.slice(0, -1) + (otp.endsWith('c') ? 'b' : 'c');
    assert.deepEqual(await validation.validate(altered), { kind: 'refused', reason: 'bad' });
    assert.deepEqual(await validation.validate(createYubiKey().touch()), { kind: 'refused', reason: 'bad' });
    assert.deepEqual(lines, []);
  });

  test('asks what the protocol asks, signed, with a nonce of its own each time', async (t) => {
    const { key, validation, server } = await setUp(t);
    await validation.validate(key.touch());
    await validation.validate(key.touch());
    const nonces = server.asked.map(({ nonce = '' }) => nonce);
    for (const nonce of nonces) assert.match(nonce, /^[a-z0-9]{16,40}$/);
    assert.equal(new Set(nonces).size, 2);
    for (const { h, ...asked } of server.asked) {
      assert.deepEqual(Object.keys(asked).sort(), ['id', 'nonce', 'otp', 'sl', 'timeout', 'timestamp']);
      assert.equal(asked.timestamp, '1');
      assert.equal(h, signatureOf(new Map(Object.entries(asked)), Buffer.from(server.secretKey, 'base64')));
    }
  });
});

describe('a server that can not be trusted:', () => {
  for (const lie of LIES) {
    test(`${lie} makes no code valid, used or not, and is told without the code`, async (t) => {
      const { key, validation, server, lines } = await setUp(t, { waits: HASTY });
      const used = key.touch();
      assert.equal((await validation.validate(used)).kind, 'valid');
      server.lie(lie);
      for (const otp of [used, key.touch(), createYubiKey().touch()]) {
        assert.deepEqual(await validation.validate(otp), { kind: 'unavailable' });
        assert.doesNotMatch(lines.join('\n'), new RegExp(`${otp}|${otp.slice(12)}`));
      }
      assert.equal(lines.length, 3);
      const { host } = new URL(server.address);
      for (const line of lines) assert.match(line, new RegExp(`^(warn|debug) yubico ${host} .*${host} `));
      server.lie(undefined);
      assert.equal((await validation.validate(key.touch())).kind, 'valid', 'once it tells the truth again');
    });
  }

  test('a redirect is not followed', async (t) => {
    const { key, validation, server } = await setUp(t);
    server.lie('redirect');
    assert.deepEqual(await validation.validate(key.touch()), { kind: 'unavailable' });
    assert.equal(server.asked.length, 1);
  });

  test('a right code stays valid when one server lies and the next tells the truth', async (t) => {
    for (const lie of LIES) {
      const { key, validation, server } = await setUp(t, { count: 2, waits: { next: 20, all: 5_000 } });
      server.lie(lie);
      assert.equal((await validation.validate(key.touch())).kind, 'valid', lie);
    }
  });
});

describe('several servers', () => {
  test('the second is not asked while the first answers', async (t) => {
    const { key, validation, second } = await setUp(t, { count: 2 });
    await validation.validate(key.touch());
    assert.equal(second.asked.length, 0);
  });

  test('the second is asked at once where the first can not be reached', async (t) => {
    const first = await nobody();
    const { host } = new URL(first);
    const { key, validation, lines } = await setUp(t, {
      first: [first],
      waits: { next: 60_000, all: 60_000 },
    });
    assert.equal((await validation.validate(key.touch())).kind, 'valid');
    const reason = `${host} can't be reached (ECONNREFUSED)`;
    assert.deepEqual(lines, [`warn yubico ${reason} YubiKey validation: ${reason}`]);
  });

  test('a slow first answer counts, though the second server took our question for a repetition', async (t) => {
    const { key, validation, server, second, lines } = await setUp(t, {
      count: 2,
      waits: { next: 20, all: 5_000 },
    });
    server.delay(150);
    assert.equal((await validation.validate(key.touch())).kind, 'valid');
    assert.equal(second.asked[0]?.nonce, server.asked[0]?.nonce);
    assert.deepEqual(
      lines.map((line) => line.split(' ')[0]),
      ['debug'],
    );
  });

  test('when the one that used the code up keeps silent nothing is accepted', async (t) => {
    const { key, validation, server, lines } = await setUp(t, { count: 2, waits: HASTY });
    server.delay(60_000);
    assert.deepEqual(await validation.validate(key.touch()), { kind: 'unavailable' });
    assert.match(lines.join('\n'), /does not answer in time/);
  });

  test('all that fail are told, each once', async (t) => {
    const { key, validation, server, second, lines } = await setUp(t, {
      count: 2,
      first: [await nobody()],
      waits: HASTY,
    });
    server.lie('hang');
    second.lie('hang');
    assert.deepEqual(await validation.validate(key.touch()), { kind: 'unavailable' });
    assert.equal(lines.filter((line) => line.includes("can't be reached")).length, 1);
    assert.equal(lines.filter((line) => line.includes('does not answer in time')).length, 2);
  });
});

describe('operators', () => {
  test('are told which setting is wrong, and no code is accepted', async (t) => {
    const { key, server, validationWith, lines } = await setUp(t);
    const wrongKey = validationWith({ ...server, secretKey: Buffer.alloc(20).toString('base64') });
    const wrongId = validationWith({ ...server, clientId: 1 });
    assert.deepEqual(await wrongKey.validate(key.touch()), { kind: 'unavailable' });
    assert.deepEqual(await wrongId.validate(key.touch()), { kind: 'unavailable' });
    assert.match(lines[0] ?? '', /BAD_SIGNATURE: yubico\.secretKey/);
    assert.match(lines[1] ?? '', /NO_SUCH_CLIENT: it does not know yubico\.clientId/);
  });
});

describe('a caller that gives up', () => {
  test('waits no longer, and nobody is blamed', async (t) => {
    const { key, validation, server, lines } = await setUp(t, { waits: { next: 60_000, all: 60_000 } });
    server.lie('hang');
    const leaving = new AbortController();
    const answer = validation.validate(key.touch(), leaving.signal);
    leaving.abort();
    assert.deepEqual(await answer, { kind: 'unavailable' });
    assert.deepEqual(await validation.validate(key.touch(), AbortSignal.abort()), { kind: 'unavailable' });
    assert.deepEqual(lines, []);
  });
});
