import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, mock, test } from 'node:test';
import { createDigester } from '#adapters/crypto/digester.ts';
import { createMemoryOneTimeStore } from '#adapters/memory/one-time-store.ts';
import { createWebAuthnMethod } from '#interactions/factors/webauthn.ts';
import type { MethodContext, PasskeyPurpose, SetUpAnswer } from '#src/sign-in/factor.ts';
import type { Factor } from '#src/sign-in/ports.ts';
import { describeFactorMethod } from '../../contracts/factor-method.ts';
import { createTestClock } from '../../support/clock.ts';
import { methodContext } from '../../support/method-context.ts';
import { type KeyMake, type Lies, SoftwareKey } from '../../support/software-authenticator.ts';

/** The method on a store of its own, and what other accounts have set up. */
function createBench() {
  const clock = createTestClock();
  const digester = createDigester(randomBytes(32));
  /** Identity → accounts that have it. */
  const owners = new Map<string, number>();
  const method = createWebAuthnMethod({
    oneTime: createMemoryOneTimeStore({ clock }),
    digester,
    factors: { countAccounts: async (_tenantId, _kind, identity) => owners.get(identity) ?? 0 },
  });

  const options = async (
    context: MethodContext,
    purpose: PasskeyPurpose,
    factors: readonly Factor[] = [],
  ): Promise<object> => {
    assert.ok(method.passkeyOptions);
    return method.passkeyOptions(context, purpose, factors);
  };
  const prove = async (context: MethodContext, credential: string): Promise<SetUpAnswer> => {
    assert.ok(method.setUp);
    return method.setUp.prove(context, undefined, { credential });
  };
  const check = (context: MethodContext, factors: readonly Factor[], credential: string) =>
    method.signIn.check(context, factors, { credential });

  /** Sets a key up as a person does; what the store would keep of it. */
  const setUp = async (context: MethodContext, key: SoftwareKey, lies: Lies = {}): Promise<Factor> => {
    const answer = await prove(
      context,
      key.register(await options(context, 'set-up'), context.tenant.issuer, lies),
    );
    assert.ok(answer.ok, JSON.stringify(answer));
    const { data, identity, counter: lastCounter } = answer;
    const owner = { tenantId: context.tenant.id, accountId: context.accountId, kind: 'webauthn', label: '' };
    return { ...owner, id: randomUUID(), data, identity, lastCounter, createdAt: 0, lastUsedAt: undefined };
  };
  /** Signs in with a key as a person does. */
  const signIn = async (
    context: MethodContext,
    factors: readonly Factor[],
    key: SoftwareKey,
    lies: Lies = {},
  ) =>
    check(
      context,
      factors,
      key.sign(await options(context, 'sign-in', factors), context.tenant.issuer, lies),
    );

  return { clock, digester, owners, method, options, prove, check, setUp, signIn };
}

const refused = (reason: string) => ({ ok: false, reason });
const parsed = (json: string): Record<string, unknown> => JSON.parse(json);

/** Sets a key up and is at the door of a next sign-in with it. */
async function settled(make: KeyMake = {}, lies: Lies = {}) {
  const bench = createBench();
  const key = new SoftwareKey(make);
  const context = methodContext();
  const factor = await bench.setUp(context, key, lies);
  return { ...bench, key, factor, context: { ...context, interaction: randomUUID() } };
}

describeFactorMethod('webauthn', () => {
  const bench = createBench();
  const keys = new Map<string, SoftwareKey>();
  const [anna, bert] = [methodContext(), methodContext()];
  return {
    method: bench.method,
    people: [anna, { ...bert, tenant: anna.tenant }],
    async prepareSetUp(context) {
      const key = new SoftwareKey();
      keys.set(context.accountId, key);
      const options = await bench.options(context, 'set-up');
      const answer = (lies: Lies) => ({ credential: key.register(options, context.tenant.issuer, lies) });
      return {
        context,
        pending: undefined,
        right: answer({}),
        wrong: answer({ origin: 'https://login.n00rd.example' }),
      };
    },
    async prepareSignIn(context, factors) {
      const key = keys.get(context.accountId);
      assert.ok(key);
      const options = await bench.options(context, 'sign-in', factors);
      const answer = (lies: Lies) => ({ credential: key.sign(options, context.tenant.issuer, lies) });
      return { context, right: answer({}), wrong: answer({ brokenSignature: true }) };
    },
    malformed: [
      { credential: '{}' },
      { credential: 'geheim' },
      { credential: '{"error":"anything"}' },
      { credential: '{"error":"cancelled","id":"AAAA"}' },
      { credential: `{"id":"${'A'.repeat(20_000)}"}` },
    ],
  };
});

describe('what a browser is asked', () => {
  test('to make a key for this host, asking user verification and a resident key where it can', async () => {
    const { options } = createBench();
    const context = methodContext();
    const asked = await options(context, 'set-up');
    const { challenge, user, ...rest } = parsed(JSON.stringify(asked));
    assert.match(String(challenge), /^[A-Za-z0-9_-]{43}$/);
    assert.deepEqual(rest, {
      rp: { name: 'Product noord', id: 'login.noord.example' },
      pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: 'public-key', alg })),
      timeout: 300_000,
      attestation: 'none',
      excludeCredentials: [],
      authenticatorSelection: {
        residentKey: 'preferred',
        requireResidentKey: false,
        userVerification: 'preferred',
      },
      extensions: { credProps: true },
      hints: [],
    });
    assert.ok(user);
  });

  test('the account is named inside a key by bytes that are its own, the same each time and say nothing', async () => {
    const { options } = createBench();
    const userOf = async (context: MethodContext) => {
      const { user } = parsed(JSON.stringify(await options(context, 'set-up')));
      return JSON.stringify(user);
    };
    const anna = methodContext();
    assert.equal(await userOf(anna), await userOf({ ...anna, interaction: randomUUID() }));
    assert.notEqual(await userOf(anna), await userOf({ ...anna, accountId: randomUUID() }));
    assert.notEqual(await userOf(anna), await userOf({ ...anna, tenant: methodContext().tenant }));
    const { id, name } = JSON.parse(await userOf(anna));
    assert.equal(name, 'j.devries');
    const bytes = Buffer.from(id, 'base64url');
    assert.equal(bytes.length, 32);
    assert.ok(!bytes.includes(anna.loginName) && !bytes.includes(anna.accountId));
  });

  test('never to make a key again that the person has, nor to use any other', async () => {
    const { options, factor, key, context } = await settled({ transports: ['usb', 'nfc'] });
    const own = [{ id: key.id.toString('base64url'), type: 'public-key', transports: ['usb', 'nfc'] }];
    const creation = await options(context, 'set-up', [factor]);
    assert.deepEqual(parsed(JSON.stringify(creation)).excludeCredentials, own);
    const { challenge, ...request } = parsed(JSON.stringify(await options(context, 'sign-in', [factor])));
    assert.match(String(challenge), /^[A-Za-z0-9_-]{43}$/);
    assert.deepEqual(request, {
      rpId: 'login.noord.example',
      allowCredentials: own,
      timeout: 300_000,
      userVerification: 'preferred',
    });
  });

  test('something else each time', async () => {
    const { options } = createBench();
    const context = methodContext();
    const asked = Array.from({ length: 20 }, () => options(context, 'set-up'));
    const challenges = (await Promise.all(asked)).map((one) => parsed(JSON.stringify(one)).challenge);
    assert.equal(new Set(challenges).size, 20);
  });
});

describe('setting up a key', () => {
  for (const algorithm of ['ES256', 'EdDSA', 'RS256'] as const) {
    test(`a key that signs with ${algorithm} is set up and signs in`, async () => {
      const { signIn, context, factor, key } = await settled({ algorithm });
      assert.equal((await signIn(context, [factor], key)).ok, true);
    });
  }

  test('a key of an algorithm that nobody asked for is refused', async () => {
    const { options, prove } = createBench();
    const context = methodContext();
    const key = new SoftwareKey({ algorithm: 'ES384' });
    const credential = key.register(await options(context, 'set-up'), context.tenant.issuer);
    assert.deepEqual(await prove(context, credential), refused('wrong'));
  });

  test('what is kept says which key it is and what it can do, and no more', async () => {
    const { factor, key } = await settled({ transports: ['usb', 'nfc'], verifiesUser: true });
    const { publicKey, ...rest } = parsed(factor.data);
    assert.match(String(publicKey), /^[A-Za-z0-9_-]{50,200}$/);
    assert.deepEqual(rest, {
      id: key.id.toString('base64url'),
      transports: ['usb', 'nfc'],
      aaguid: '00000000-0000-0000-0000-000000000000',
      backupEligible: false,
      backedUp: false,
      verifiesUser: true,
    });
    assert.equal(factor.lastCounter, 1);
  });

  test('it is known outside by a keyed digest of its id', async () => {
    const { factor, key, digester } = await settled();
    const id = key.id.toString('base64url');
    assert.equal(factor.identity, digester.digest('factor-identity', `webauthn:${id}`));
  });

  test('a key that an account of the tenant has already is taken', async () => {
    const { factor, key, owners, options, prove } = await settled();
    assert.ok(factor.identity);
    owners.set(factor.identity, 1);
    const colleague = methodContext();
    const credential = key.register(await options(colleague, 'set-up'), colleague.tenant.issuer);
    assert.deepEqual(await prove(colleague, credential), refused('taken'));
  });

  test('an id longer than any key has is refused', async () => {
    const { options, prove } = createBench();
    const context = methodContext();
    const asked = await options(context, 'set-up');
    const credential = new SoftwareKey().register(asked, context.tenant.issuer, {
      credentialId: randomBytes(1024),
    });
    assert.equal((await prove(context, credential)).ok, false);
  });

  describe('an attestation that nobody asked for', () => {
    const fetched = mock.fn(globalThis.fetch);
    const before = globalThis.fetch;
    beforeEach(() => {
      globalThis.fetch = fetched;
    });
    afterEach(() => {
      globalThis.fetch = before;
    });

    test('is dropped unread: neither does it speak for the key, nor is anybody asked about it', async () => {
      for (const fmt of ['packed', 'fido-u2f', 'tpm', 'apple', 'compound', 'x'.repeat(40)]) {
        const { options, prove } = createBench();
        const context = methodContext();
        const attestation = { fmt, attStmt: new Map([['sig', randomBytes(64)], ['x5c', randomBytes(300)]]) }; // biome-ignore format: pairs
        const asked = await options(context, 'set-up');
        const credential = new SoftwareKey().register(asked, context.tenant.issuer, { attestation });
        assert.equal((await prove(context, credential)).ok, true, fmt);
      }
      assert.equal(fetched.mock.callCount(), 0);
    });
  });
});

/** What a dishonest page, browser or key may say in place of the truth. */
const LIES: readonly (readonly [told: string, lies: Lies])[] = [
  ['another host', { origin: 'https://login.zuid.example' }],
  ['a host that looks alike', { origin: 'https://login.noord.example.evil.example' }],
  ['the same host without encryption', { origin: 'http://login.noord.example' }],
  ['the same host at another port', { origin: 'https://login.noord.example:8443' }],
  ['no host', { origin: 'null' }],
  ['a site of another name', { rpId: 'login.zuid.example' }],
  ['the site above this one', { rpId: 'noord.example' }],
  ['a page inside another one', { crossOrigin: true }],
  ['a page inside another one, which it names', { crossOrigin: true, topOrigin: 'https://evil.example' }],
  ['that nobody touched it', { userPresent: false }],
  ['that it is copied though it can’t be', { backedUp: true }],
];

describe('refused as wrong while setting up:', () => {
  for (const [told, lies] of [...LIES, ['a use of a key', { type: 'webauthn.get' }] as const]) {
    test(told, async () => {
      const { options, prove } = createBench();
      const context = methodContext();
      const credential = new SoftwareKey().register(
        await options(context, 'set-up'),
        context.tenant.issuer,
        lies,
      );
      assert.deepEqual(await prove(context, credential), refused('wrong'));
    });
  }
});

describe('refused as wrong at sign-in:', () => {
  const further: typeof LIES = [
    ['a broken signature', { brokenSignature: true }],
    ['the making of a key', { type: 'webauthn.create' }],
    ['that it may be copied, which it could not before', { backupEligible: true }],
  ];
  for (const [told, lies] of [...LIES, ...further]) {
    test(told, async () => {
      const { signIn, context, factor, key } = await settled();
      assert.deepEqual(await signIn(context, [factor], key, lies), refused('wrong'));
    });
  }

  test('the signature of another key under this one’s id', async () => {
    const { signIn, context, factor, key } = await settled();
    const thief = new SoftwareKey();
    assert.deepEqual(await signIn(context, [factor], thief, { credentialId: key.id }), refused('wrong'));
  });
});

describe('a challenge', () => {
  /** An answer to a challenge of `asked`, given in `answered`. */
  async function cross(change: (context: MethodContext) => Partial<MethodContext>, purpose: PasskeyPurpose) {
    const { options, check, prove, context, factor, key } = await settled();
    const elsewhere = { ...context, ...change(context) };
    const asked = await options(elsewhere, purpose, [factor]);
    const { issuer } = context.tenant;
    if (purpose === 'set-up') return prove(context, new SoftwareKey().register(asked, issuer));
    return check(context, [factor], key.sign(asked, issuer));
  }

  const others: readonly (readonly [string, (context: MethodContext) => Partial<MethodContext>])[] = [
    ['interaction', () => ({ interaction: randomUUID() })],
    ['person', () => ({ accountId: randomUUID() })],
    ['tenant', ({ tenant }) => ({ tenant: { ...tenant, id: randomUUID() } })],
  ];
  for (const [name, change] of others) {
    for (const purpose of ['set-up', 'sign-in'] as const) {
      test(`of another ${name} is worth nothing (${purpose})`, async () => {
        assert.deepEqual(await cross(change, purpose), refused('expired'));
      });
    }
  }

  test('of a set-up signs nobody in, and that of a sign-in sets nothing up', async () => {
    const { options, check, prove, context, factor, key } = await settled();
    const { issuer } = context.tenant;
    const { challenge } = parsed(JSON.stringify(await options(context, 'set-up')));
    const use = key.sign({ challenge, rpId: 'login.noord.example' }, issuer);
    assert.deepEqual(await check(context, [factor], use), refused('expired'));
    const request = parsed(JSON.stringify(await options(context, 'sign-in', [factor])));
    const creation = { ...request, rp: { id: 'login.noord.example' }, user: { id: 'AAAA' } };
    assert.deepEqual(await prove(context, new SoftwareKey().register(creation, issuer)), refused('expired'));
  });

  test('nobody made is worth nothing', async () => {
    const { signIn, context, factor, key } = await settled();
    const challenge = randomBytes(32).toString('base64url');
    assert.deepEqual(await signIn(context, [factor], key, { challenge }), refused('expired'));
  });

  test('ends when a newer one is made', async () => {
    const { options, check, context, factor, key } = await settled();
    const old = key.sign(await options(context, 'sign-in', [factor]), context.tenant.issuer);
    await options(context, 'sign-in', [factor]);
    assert.deepEqual(await check(context, [factor], old), refused('expired'));
  });

  test('of one sign-in leaves that of another one of the same person alone', async () => {
    const { options, check, context, factor, key } = await settled();
    const { issuer } = context.tenant;
    const other = { ...context, interaction: randomUUID() };
    const first = key.sign(await options(context, 'sign-in', [factor]), issuer);
    const second = key.sign(await options(other, 'sign-in', [factor]), issuer);
    assert.equal((await check(context, [factor], first)).ok, true);
    assert.equal((await check(other, [factor], second)).ok, true);
  });

  test('lasts five minutes', async () => {
    for (const [wait, ok] of [
      [299_999, true],
      [300_000, false],
    ] as const) {
      const { options, check, clock, context, factor, key } = await settled();
      const answer = key.sign(await options(context, 'sign-in', [factor]), context.tenant.issuer);
      clock.advance(wait);
      assert.equal((await check(context, [factor], answer)).ok, ok);
    }
  });

  const burning: readonly (readonly [string, (right: string) => string, string])[] = [
    ['a right answer', (right) => right, ''],
    ['a failed one', (right) => right.replace(/"signature":"..../, '"signature":"AAAA'), 'wrong'],
    ['a foreign key', (right) => right.replace(/"id":"..../, '"id":"AAAA'), 'foreign'],
    ['a guessed challenge', () => JSON.stringify(guess), 'expired'],
    ['a report that it was cancelled', () => '{"error":"cancelled"}', 'cancelled'],
    ['rubbish', () => 'rubbish', 'malformed'],
  ];
  const clientData = {
    type: 'webauthn.get',
    challenge: 'A'.repeat(43),
    origin: 'https://login.noord.example',
  };
  const guess = {
    id: 'AAAA',
    rawId: 'AAAA',
    type: 'public-key',
    response: {
      clientDataJSON: Buffer.from(JSON.stringify(clientData)).toString('base64url'),
      authenticatorData: 'AAAA',
      signature: 'AAAA',
    },
  };
  for (const [told, first, reason] of burning) {
    test(`is burnt by ${told}`, async () => {
      const { options, check, context, factor, key } = await settled();
      const right = key.sign(await options(context, 'sign-in', [factor]), context.tenant.issuer);
      const answer = await check(context, [factor], first(right));
      if (reason === '') assert.equal(answer.ok, true);
      else assert.deepEqual(answer, refused(reason));
      assert.deepEqual(await check(context, [factor], right), refused('expired'));
    });
  }

  test('of a set-up is burnt by a failed answer as well', async () => {
    const { options, prove } = createBench();
    const context = methodContext();
    const asked = await options(context, 'set-up');
    const answer = (lies: Lies) => new SoftwareKey().register(asked, context.tenant.issuer, lies);
    assert.deepEqual(await prove(context, answer({ rpId: 'evil.example' })), refused('wrong'));
    assert.deepEqual(await prove(context, answer({})), refused('expired'));
  });
});

describe('whose key it is', () => {
  test('a key that the person does not have is foreign, also when it is a colleague’s', async () => {
    const { signIn, setUp, context, factor } = await settled();
    const colleagues = new SoftwareKey();
    await setUp({ ...methodContext(), tenant: context.tenant }, colleagues);
    assert.deepEqual(await signIn(context, [factor], colleagues), refused('foreign'));
    assert.deepEqual(await signIn(context, [factor], new SoftwareKey()), refused('foreign'));
  });

  test('a key that names another account is foreign', async () => {
    const { signIn, context, factor, key } = await settled();
    const userHandle = randomBytes(32).toString('base64url');
    assert.deepEqual(await signIn(context, [factor], key, { userHandle }), refused('foreign'));
  });

  test('a key that names no account is good', async () => {
    const { signIn, context, factor, key } = await settled();
    assert.equal((await signIn(context, [factor], key, { userHandle: '' })).ok, true);
  });

  test('of several keys each signs in as itself', async () => {
    const { signIn, setUp, context, factor, key } = await settled();
    const second = new SoftwareKey();
    const other = await setUp(context, second);
    for (const [used, expected] of [
      [key, factor],
      [second, other],
    ] as const) {
      const check = await signIn(context, [factor, other], used);
      assert.ok(check.ok);
      assert.equal(check.factorId, expected.id);
    }
  });
});

describe('the sign count', () => {
  test('goes along with the use that it counts', async () => {
    const { signIn, context, factor, key } = await settled();
    const check = await signIn(context, [factor], key);
    assert.ok(check.ok && check.factorId !== undefined);
    assert.deepEqual(check.use, { counter: 2, data: undefined });
  });

  test('one that stands still, goes back or vanishes shows a copy of the key', async () => {
    for (const counter of [7, 6, 1, 0]) {
      const { signIn, context, factor, key } = await settled();
      const answer = await signIn(context, [{ ...factor, lastCounter: 7 }], key, { counter });
      assert.deepEqual(answer, refused('used'));
    }
  });

  test('a wrong signature is wrong whatever it counts', async () => {
    const { signIn, context, factor, key } = await settled();
    const answer = await signIn(context, [factor], key, { counter: 0, brokenSignature: true });
    assert.deepEqual(answer, refused('wrong'));
  });

  test('a passkey has none: it says 0 each time and is good each time', async () => {
    const { signIn, context, factor, key } = await settled({ backupEligible: true });
    assert.equal(factor.lastCounter, undefined);
    for (let use = 0; use < 3; use += 1) {
      const check = await signIn(context, [factor], key);
      assert.ok(check.ok && check.factorId !== undefined);
      assert.deepEqual(check.use, { counter: undefined, data: undefined });
    }
  });

  test('the highest that a key can count is taken', async () => {
    const { signIn, context, factor, key } = await settled();
    assert.equal((await signIn(context, [factor], key, { counter: 0xffff_ffff })).ok, true);
  });
});

describe('what a use is worth', () => {
  for (const [told, make, lies, amr] of [
    ['a touch of a key bound to its device', {}, {}, ['hwk', 'pop', 'user']],
    ['the same with a PIN', { verifiesUser: true }, {}, ['hwk', 'pop', 'user']],
    ['a passkey that is copied between devices', { backupEligible: true }, {}, ['swk', 'pop', 'user']],
    ['the same with a face', { backupEligible: true, verifiesUser: true }, {}, ['swk', 'pop', 'user']],
    [
      'a key that could ask for a PIN and did not',
      { verifiesUser: true },
      { userVerified: false },
      ['hwk', 'pop', 'user'],
    ],
  ] as const) {
    test(`${told}: ${amr.join(' ')}`, async () => {
      const { signIn, context, factor, key } = await settled(make);
      const check = await signIn(context, [factor], key, lies);
      assert.ok(check.ok);
      assert.deepEqual(check.proof, { amr, phishingResistant: true });
    });
  }

  test('setting up is worth what it showed itself', async () => {
    const { options, prove } = createBench();
    const context = methodContext();
    const key = new SoftwareKey({ backupEligible: true });
    const made = await prove(context, key.register(await options(context, 'set-up'), context.tenant.issuer));
    assert.ok(made.ok);
    assert.deepEqual(made.proof, { amr: ['swk', 'pop', 'user'], phishingResistant: true });
  });
});

describe('what is known of a key is kept up to date', () => {
  /** The part of the data that a use changed; undefined when it left all as it was. */
  async function changed(make: KeyMake, atSetUp: Lies, atUse: Lies) {
    const { signIn, context, factor, key } = await settled(make, atSetUp);
    const check = await signIn(context, [factor], key, atUse);
    assert.ok(check.ok && check.factorId !== undefined);
    if (check.use.data === undefined) return undefined;
    const [before, after] = [parsed(factor.data), parsed(check.use.data)];
    return Object.fromEntries(
      Object.entries(after).filter(
        ([name, value]) => !Object.is(JSON.stringify(before[name]), JSON.stringify(value)),
      ),
    );
  }
  const passkey = { backupEligible: true };

  test('that it was copied, and that it no longer is', async () => {
    assert.deepEqual(await changed(passkey, {}, { backedUp: true }), { backedUp: true });
    assert.deepEqual(await changed(passkey, { backedUp: true }, { backedUp: false }), { backedUp: false });
    assert.equal(await changed(passkey, { backedUp: true }, { backedUp: true }), undefined);
  });

  test('that it can tell its user, once it did', async () => {
    assert.deepEqual(await changed({}, {}, { userVerified: true }), { verifiesUser: true });
    assert.equal(await changed({ verifiesUser: true }, {}, { userVerified: false }), undefined);
  });
});

describe('the shape of an answer', () => {
  test('what browsers add over the years is left out', async () => {
    const { options, check, context, factor, key } = await settled();
    const right = key.sign(await options(context, 'sign-in', [factor]), context.tenant.issuer);
    const answer = JSON.stringify({ ...parsed(right), novelty: { deep: [1, 2, 3] } });
    assert.equal((await check(context, [factor], answer)).ok, true);
  });

  test('one that is beyond any size is malformed, wherever it is large', async () => {
    const { options, check, method, context, factor, key } = await settled();
    for (const [name, value] of [
      ['novelty', 'x'.repeat(16_000)],
      ['id', 'A'.repeat(1365)],
      ['rawId', 'A'.repeat(1365)],
    ] as const) {
      const right = key.sign(await options(context, 'sign-in', [factor]), context.tenant.issuer);
      const credential = JSON.stringify({ ...parsed(right), [name]: value });
      assert.equal(method.signIn.isPlausible({ credential }), false);
      assert.deepEqual(await check(context, [factor], credential), refused('malformed'));
    }
  });
});

describe('what the page’s script reports in place of a credential', () => {
  for (const [error, reason] of [
    ['cancelled', 'cancelled'],
    ['unsupported', 'unsupported'],
    ['already', 'taken'],
  ] as const) {
    test(`${error} is told as ${reason}`, async () => {
      const { prove, check, method, context, factor } = await settled();
      const credential = JSON.stringify({ error });
      assert.deepEqual(await prove(context, credential), refused(reason));
      assert.deepEqual(await check(context, [factor], credential), refused(reason));
      // Else nobody would ask what to tell.
      assert.equal(method.signIn.isPlausible({ credential }), true);
    });
  }
});
