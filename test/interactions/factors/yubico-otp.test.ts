import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, describe, type TestContext, test } from 'node:test';
import { createDigester } from '#adapters/crypto/digester.ts';
import { createYubicoValidation, type Waits } from '#adapters/yubico/validation.ts';
import { createYubicoOtpMethod } from '#interactions/factors/yubico-otp.ts';
import type { MethodContext } from '#src/sign-in/factor.ts';
import type { Factor } from '#src/sign-in/ports.ts';
import { describeFactorMethod } from '../../contracts/factor-method.ts';
import { methodContext } from '../../support/method-context.ts';
import { createLedger, LIES, startYubicoServer, type YubicoServer } from '../../support/yubico-server.ts';
import { createYubiKey, type YubiKey } from '../../support/yubikey.ts';

const digester = createDigester(randomBytes(32));
const context = methodContext();

function methodBefore(server: YubicoServer, waits?: Waits) {
  const validation = createYubicoValidation({
    clientId: server.clientId,
    key: Buffer.from(server.secretKey, 'base64'),
    servers: [server.address],
    record: () => {},
    ...(waits && { waits }),
  });
  return createYubicoOtpMethod({ validation, digester });
}

/** The method before a server of its own that knows these keys. */
async function setUp(t: TestContext, ...keys: YubiKey[]) {
  const server = await startYubicoServer(t, createLedger(...keys));
  const method = methodBefore(server, { next: 50, all: 200 });
  assert.ok(method.setUp);
  return { server, signIn: method.signIn, setUp: method.setUp, method };
}

function factorOf({ publicId }: YubiKey, lastCounter?: number): Factor {
  return {
    id: randomUUID(),
    tenantId: context.tenant.id,
    accountId: context.accountId,
    kind: 'yubico-otp',
    label: 'key',
    data: JSON.stringify({ publicId }),
    identity: undefined,
    lastCounter,
    createdAt: 0,
    lastUsedAt: undefined,
  };
}

/** Keys that people were given; one server knows them all. */
const issued: YubiKey[] = [];
const shared = await startYubicoServer({ after }, { ...createLedger(), keys: issued });

function answersOf(key: YubiKey, at: MethodContext) {
  const forged = key.publicId + createYubiKey().touch().slice(12);
  return { context: at, right: { code: key.touch() }, wrong: { code: forged } };
}

describeFactorMethod('yubico-otp', () => ({
  method: methodBefore(shared),
  people: [methodContext(), methodContext()],
  prepareSetUp: async (at) => {
    const key = createYubiKey();
    issued.push(key);
    return { pending: undefined, ...answersOf(key, at) };
  },
  prepareSignIn: async (at, [factor]) => {
    const key = issued.find(({ publicId }) => factor?.data.includes(publicId));
    return answersOf(key ?? createYubiKey(), at);
  },
  malformed: [{ code: '123456' }, { code: createYubiKey().touch().slice(1) }, { code: 'a'.repeat(44) }],
}));

describe('setting up a YubiKey by its code', () => {
  test('a right code leaves the name of the key, its counter and a digest of the name', async (t) => {
    const key = createYubiKey({ session: 3 });
    const { setUp: enrol } = await setUp(t, key);
    key.touch();
    assert.deepEqual(await enrol.prove(context, undefined, { code: key.touch() }), {
      ok: true,
      data: JSON.stringify({ publicId: key.publicId }),
      counter: 3 * 256 + 1,
      identity: digester.digest('factor-identity', `yubico-otp:${key.publicId}`),
      label: `YubiKey ${key.publicId.slice(8)}`,
      proof: { amr: ['otp', 'hwk'], phishingResistant: false },
    });
  });

  test('what is kept of it opens nothing: no character of the code but the name of the key', async (t) => {
    const key = createYubiKey();
    const { setUp: enrol } = await setUp(t, key);
    const code = key.touch();
    const answer = await enrol.prove(context, undefined, { code });
    assert.equal(JSON.stringify(answer).includes(code.slice(12, 20)), false);
  });

  test('a used code and one of an unknown key set nothing up', async (t) => {
    const key = createYubiKey();
    const { setUp: enrol } = await setUp(t, key);
    const code = key.touch();
    await enrol.prove(context, undefined, { code });
    const again = await enrol.prove(context, undefined, { code });
    assert.deepEqual(again, { ok: false, reason: 'used' });
    const unknown = await enrol.prove(context, undefined, { code: createYubiKey().touch() });
    assert.deepEqual(unknown, { ok: false, reason: 'wrong' });
  });

  test('what can be no code is told so, and nobody is asked', async (t) => {
    const { setUp: enrol, server } = await setUp(t);
    for (const [code, reason] of [
      [undefined, 'empty'],
      ['  ', 'empty'],
      ['123456', 'malformed'],
      [createYubiKey().touch().slice(1), 'malformed'],
      ['a'.repeat(44), 'malformed'],
    ] as const) {
      assert.deepEqual(await enrol.prove(context, undefined, { code }), { ok: false, reason });
    }
    assert.equal(server.asked.length, 0);
  });
});

describe('signing in by the code of a YubiKey', () => {
  test('a right code names the factor and the counter that the store has to record', async (t) => {
    const [key, spare] = [createYubiKey(), createYubiKey({ session: 9 })];
    const { signIn } = await setUp(t, key, spare);
    const factors = [factorOf(spare), factorOf(key)];
    const proof = { amr: ['otp', 'hwk'], phishingResistant: false };
    assert.deepEqual(await signIn.check(context, factors, { code: spare.touch() }), {
      ok: true,
      factorId: factors[0]?.id,
      use: { counter: 9 * 256 },
      proof,
    });
    assert.deepEqual(await signIn.check(context, factors, { code: ` ${key.touch().toUpperCase()}\n` }), {
      ok: true,
      factorId: factors[1]?.id,
      use: { counter: 256 },
      proof,
    });
  });

  test('every touch counts higher than all before it, also after the key lost power', async (t) => {
    const key = createYubiKey();
    const { signIn } = await setUp(t, key);
    const counters: number[] = [];
    for (let touches = 0; touches < 12; touches += 1) {
      if (touches % 4 === 3) key.replug();
      const check = await signIn.check(context, [factorOf(key)], { code: key.touch() });
      assert.ok(check.ok && check.factorId !== undefined);
      counters.push(check.use.counter ?? -1);
    }
    assert.deepEqual(
      counters,
      counters.toSorted((one, other) => one - other),
    );
    assert.equal(new Set(counters).size, counters.length);
  });

  test('a key of somebody else is foreign, and its code stays unused', async (t) => {
    const [own, other] = [createYubiKey(), createYubiKey()];
    const { signIn, server } = await setUp(t, own, other);
    const code = other.touch();
    assert.deepEqual(await signIn.check(context, [factorOf(own)], { code }), {
      ok: false,
      reason: 'foreign',
    });
    assert.deepEqual(await signIn.check(context, [], { code }), { ok: false, reason: 'foreign' });
    assert.equal(server.asked.length, 0);
    assert.equal((await signIn.check(context, [factorOf(other)], { code })).ok, true);
  });

  test('a code that was used says so, and one that the key did not make is wrong', async (t) => {
    const key = createYubiKey();
    const { signIn } = await setUp(t, key);
    const code = key.touch();
    await signIn.check(context, [factorOf(key)], { code });
    const again = await signIn.check(context, [factorOf(key)], { code });
    assert.deepEqual(again, { ok: false, reason: 'used' });
    const forged = key.publicId + createYubiKey().touch().slice(12);
    const check = await signIn.check(context, [factorOf(key)], { code: forged });
    assert.deepEqual(check, { ok: false, reason: 'wrong' });
  });

  test('no lie of the service is a proof, at sign-in or set-up', async (t) => {
    const key = createYubiKey();
    const { signIn, setUp: enrol, server } = await setUp(t, key);
    for (const lie of LIES) {
      server.lie(lie);
      const check = await signIn.check(context, [factorOf(key)], { code: key.touch() });
      assert.deepEqual(check, { ok: false, reason: 'unavailable' }, lie);
      const answer = await enrol.prove(context, undefined, { code: key.touch() });
      assert.deepEqual(answer, { ok: false, reason: 'unavailable' }, lie);
    }
  });

  test('only what has the form of a whole code counts as a try', async (t) => {
    const { signIn } = await setUp(t);
    const code = createYubiKey().touch();
    for (const typed of [code, code.toUpperCase(), ` ${code} `]) {
      assert.equal(signIn.isPlausible({ code: typed }), true);
    }
    for (const typed of [undefined, '', '123456', code.slice(1), code + code, `${code.slice(1)}a`]) {
      assert.equal(signIn.isPlausible({ code: typed }), false);
    }
  });
});

test('the page asks for the code in a field of its own texts, with room for all of it', async (t) => {
  const { method, setUp: enrol, signIn } = await setUp(t);
  assert.deepEqual(
    [method.kind, method.icon, enrol.page, method.phishingResistant, method.channels(context.tenant)],
    ['yubico-otp', 'keyboard', 'yubikey', false, []],
  );
  for (const field of [enrol.field(context, undefined), signIn.field(context, [], undefined)]) {
    assert.ok(field.type === 'text');
    assert.equal(field.name, 'code');
    assert.ok(field.maxLength >= 44);
    assert.equal(field.label, 'factor.yubico-otp.label');
    assert.equal(field.hint, 'factor.yubico-otp.hint');
  }
});
