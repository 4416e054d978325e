import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { HOTP, Secret, URI } from 'otpauth';
import { createDigester } from '#adapters/crypto/digester.ts';
import { createTotpMethod, newTotpData, totpKey } from '#interactions/factors/totp.ts';
import { AppError } from '#src/errors.ts';
import type { SetUpAnswer, SignInCheck } from '#src/sign-in/factor.ts';
import type { Factor } from '#src/sign-in/ports.ts';
import { methodContext } from '../../support/method-context.ts';

/** Seed of RFC 6238 appendix B: the ASCII text 12345678901234567890. */
const SEED = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const STEP = 30_000;
const NOW = Date.UTC(2026, 0, 15, 9, 0, 0);
/** Steps in ten minutes. */
const DRIFT = 20;

const digester = createDigester(randomBytes(32));
const totp = createTotpMethod({ digester });
const identityOf = (seed: string) => digester.digest('factor-identity', `totp:${seed}`);
const dataOf = (seed: string) => JSON.stringify({ seed });
const PENDING = dataOf(SEED);

const factor = (lastCounter?: number, seed = SEED, id = 'factor-1'): Factor => ({
  id,
  tenantId: 'tenant-1',
  accountId: 'account-1',
  kind: 'totp',
  label: 'phone',
  data: dataOf(seed),
  identity: undefined,
  lastCounter,
  createdAt: 0,
  lastUsedAt: undefined,
});
const codeOf = (step: number, seed = SEED) =>
  HOTP.generate({ secret: Secret.fromBase32(seed), digits: 6, counter: step });
const codeAt = (now: number) => codeOf(Math.floor(now / STEP));
const moment = fc.integer({ min: 50 * STEP, max: Date.UTC(2200, 0, 1) });
/** Steps of which two happen to have the same code can't show which one was meant. */
const distinct = (step: number, reach: number) => {
  const codes = Array.from({ length: 2 * reach + 1 }, (_, index) => codeOf(step - reach + index));
  fc.pre(new Set(codes).size === codes.length);
};

const check = (owned: Factor | Factor[], code: string, now: number): Promise<SignInCheck> =>
  totp.signIn.check(methodContext({ now }), [owned].flat(), { code });
const prove = (code: string, now: number, pending: string | undefined = PENDING): Promise<SetUpAnswer> =>
  totp.setUp.prove(methodContext({ now }), pending, { code });

const PROOF = { amr: ['otp'], phishingResistant: false };
const right = (counter: number, factorId = 'factor-1') => ({
  ok: true,
  factorId,
  use: { counter },
  proof: PROOF,
});
const refused = (reason: string) => ({ ok: false, reason });

describe('authenticator app at sign-in', () => {
  test('the vectors of RFC 6238 appendix B are right, to six digits', async () => {
    for (const [seconds, code] of [
      [59, '287082'],
      [1111111109, '081804'],
      [1111111111, '050471'],
      [1234567890, '005924'],
      [2000000000, '279037'],
      [20000000000, '353130'],
    ] as const) {
      assert.deepEqual(await check(factor(), code, seconds * 1000), right(Math.floor(seconds / 30)));
    }
  });

  test('a code is right in its own step and the next one, and at no other time', async () => {
    await fc.assert(
      fc.asyncProperty(moment, fc.integer({ min: -3 * STEP, max: 3 * STEP }), async (now, shift) => {
        const step = Math.floor(now / STEP);
        distinct(step, 5);
        const age = now + shift - step * STEP;
        const answer = await check(factor(), codeOf(step), now + shift);
        if (age >= 0 && age < 2 * STEP) assert.deepEqual(answer, right(step));
        else assert.equal(answer.ok, false);
      }),
    );
  });

  test('a used code buys nothing twice, and the last one is told from a wrong one', async () => {
    await fc.assert(
      fc.asyncProperty(moment, fc.integer({ min: 0, max: 2 * STEP }), async (now, later) => {
        const step = Math.floor(now / STEP);
        distinct(step, 5);
        assert.deepEqual(await check(factor(), codeAt(now), now), right(step));
        assert.deepEqual(await check(factor(step), codeAt(now), now + later), refused('used'));
      }),
    );
  });

  test('after the current code the previous one is spent as well, and the next one still works', async () => {
    const step = NOW / STEP;
    assert.deepEqual(await check(factor(step), codeOf(step - 1), NOW), refused('wrong'));
    assert.deepEqual(await check(factor(step), codeOf(step + 1), NOW + STEP), right(step + 1));
  });

  test('a clock that was set back accepts nothing it accepted before', async () => {
    const step = NOW / STEP;
    const back = NOW - 10 * STEP;
    assert.deepEqual(await check(factor(step), codeOf(step - 10), back), refused('wrong'));
  });

  test('a code of the last ten minutes tells that the clock is slow, an older one does not', async () => {
    await fc.assert(
      fc.asyncProperty(moment, fc.integer({ min: 2, max: 2 * DRIFT }), async (now, ago) => {
        const step = Math.floor(now / STEP);
        distinct(step - DRIFT, DRIFT);
        const told = ago <= DRIFT ? 'clock' : 'wrong';
        assert.deepEqual(await check(factor(), codeOf(step - ago), now), refused(told));
      }),
    );
  });

  test('of a time that was used up nobody is told, whatever the clock', async () => {
    const step = NOW / STEP;
    for (const ago of [2, 5, DRIFT]) {
      assert.deepEqual(await check(factor(step - ago + 1), codeOf(step - ago), NOW), refused('wrong'));
      assert.deepEqual(await check(factor(step - ago), codeOf(step - ago), NOW), refused('used'));
      assert.deepEqual(await check(factor(step - ago - 1), codeOf(step - ago), NOW), refused('clock'));
    }
  });

  test('a guess of a code to come looks like any wrong one: told, it would be typed again in its time', async () => {
    const step = NOW / STEP;
    for (const ahead of [1, 2, DRIFT]) {
      assert.deepEqual(await check(factor(), codeOf(step + ahead), NOW), refused('wrong'));
    }
  });

  test('of several apps the one whose code it is counts, wherever it stands', async () => {
    const step = NOW / STEP;
    const seeds = ['A', 'B', 'C'].map((letter) => letter.repeat(32));
    const apps = seeds.map((seed) => factor(step - 1, seed, seed));
    for (const seed of seeds) {
      assert.deepEqual(await check(apps, codeOf(step, seed), NOW), right(step, seed));
      assert.deepEqual(await check(apps, codeOf(step - 1, seed), NOW), refused('used'));
    }
    assert.deepEqual(await check(apps, codeOf(step, 'D'.repeat(32)), NOW), refused('wrong'));
    assert.deepEqual(await check([], codeOf(step), NOW), refused('wrong'));
  });

  test('blanks in a code do not matter', async () => {
    const code = codeAt(NOW);
    for (const typed of [
      ` ${code} `,
      `${code.slice(0, 3)} ${code.slice(3)}`,
      `${code.slice(0, 3)}\u00a0${code.slice(3)}\n`,
    ]) {
      assert.equal(totp.signIn.isPlausible({ code: typed }), true);
      assert.equal((await check(factor(), typed, NOW)).ok, true);
    }
  });

  test('what can be no code is malformed, nothing is empty, and a wrong code is wrong', async () => {
    for (const typed of [
      '12345',
      '1234567',
      'abcdef',
      '12345a',
      '-12345',
      '１２３４５６',
      '1'.repeat(100_000),
    ]) {
      assert.equal(totp.signIn.isPlausible({ code: typed }), false);
      assert.deepEqual(await check(factor(), typed, NOW), refused('malformed'));
    }
    for (const typed of ['', '  ']) assert.deepEqual(await check(factor(), typed, NOW), refused('empty'));
    assert.deepEqual(await totp.signIn.check(methodContext(), [factor()], {}), refused('empty'));
    assert.equal(totp.signIn.isPlausible({}), false);
    const wrong = String((Number(codeAt(NOW)) + 1) % 1_000_000).padStart(6, '0');
    assert.deepEqual(await check(factor(), wrong, NOW), refused('wrong'));
  });

  test('data that is not its own is a failure that does not quote it', async () => {
    for (const data of ['', '{', `"${SEED}"`, '{"seed":"short"}', `{"seed":"${SEED}","more":1}`, SEED]) {
      await assert.rejects(
        () => check({ ...factor(), data }, '123456', NOW),
        (error) =>
          error instanceof AppError &&
          error.code === 'internal' &&
          error.cause === undefined &&
          !error.message.includes(SEED),
      );
    }
  });
});

describe('setting up an authenticator app', () => {
  /** The address in the QR code of a person, at a product of this name. */
  const qrOf = (productName: string, loginName: string): string => {
    const context = methodContext({ loginName });
    const tenant = { ...context.tenant, settings: { ...context.tenant.settings, productName } };
    const [qr] = totp.setUp.blocks({ ...context, tenant }, PENDING);
    assert.equal(qr?.kind, 'qr');
    return qr?.content ?? '';
  };

  test('every set-up has its own seed of 160 bits, so a new one makes the last one worthless', async () => {
    const seeds = Array.from({ length: 50 }, () => totpKey(totp.setUp.begin()).replaceAll(' ', ''));
    assert.equal(new Set(seeds).size, 50);
    for (const seed of seeds) assert.equal(Secret.fromBase32(seed).bytes.length, 20);
    const [scanned = '', shown = ''] = seeds;
    const code = codeOf(NOW / STEP, scanned);
    assert.equal((await prove(code, NOW, dataOf(shown))).ok, false);
  });

  test('a fresh set-up is proved by the code of its own seed and becomes an app that works', async () => {
    const fresh = newTotpData();
    const seed = totpKey(fresh).replaceAll(' ', '');
    const step = NOW / STEP;
    const answer = await prove(codeOf(step, seed), NOW, fresh);
    const identity = identityOf(seed);
    assert.deepEqual(answer, { ok: true, data: fresh, counter: step, identity, proof: PROOF });
    assert.deepEqual(await check(factor(step, seed), codeOf(step + 1, seed), NOW + STEP), right(step + 1));
  });

  test('previous, current and next step prove it; up to ten minutes off the clock is named, beyond it is wrong', async () => {
    await fc.assert(
      fc.asyncProperty(moment, fc.integer({ min: -DRIFT - 2, max: DRIFT + 2 }), async (now, shift) => {
        const step = Math.floor(now / STEP);
        distinct(step, DRIFT + 2);
        const answer = await prove(codeOf(step + shift), now);
        const counter = step + shift;
        const proved = { ok: true, data: PENDING, counter, identity: identityOf(SEED), proof: PROOF };
        if (Math.abs(shift) <= 1) assert.deepEqual(answer, proved);
        else assert.deepEqual(answer, refused(Math.abs(shift) <= DRIFT ? 'clock' : 'wrong'));
      }),
      { numRuns: 60 },
    );
  });

  test('what is not pending can not be proved, and what can be no code proves nothing', async () => {
    const context = methodContext();
    assert.deepEqual(await totp.setUp.prove(context, undefined, { code: codeAt(NOW) }), refused('expired'));
    assert.deepEqual(await totp.setUp.prove(context, PENDING, {}), refused('empty'));
    assert.deepEqual(await prove('12345', NOW), refused('malformed'));
    assert.deepEqual(totp.setUp.blocks(context, undefined), []);
  });

  test('the key is shown in groups of four', () => {
    const [, key] = totp.setUp.blocks(methodContext(), PENDING);
    assert.deepEqual(key, { kind: 'key', content: 'GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ' });
  });

  test('the QR code says issuer, name and seed the way apps read them', () => {
    assert.equal(
      qrOf('Raetsheren', 'j.devries'),
      `otpauth://totp/Raetsheren:j.devries?issuer=Raetsheren&secret=${SEED}&algorithm=SHA1&digits=6&period=30`,
    );
  });

  test('colons, signs and letters of any script in names survive the QR code', () => {
    for (const [productName, loginName, issuer] of [
      ['Verzuim: Noord & Zuid', 'jan:hr@voorbeeld.example', 'Verzuim Noord & Zuid'],
      ['Zorg?100%#1/2', 'zoë=1&secret=x', 'Zorg?100%#1/2'],
      ['東京', 'たろう', '東京'],
    ] as const) {
      const uri = qrOf(productName, loginName);
      const label = decodeURIComponent(new URL(uri).pathname.split('/').at(-1) ?? '');
      assert.equal(label, `${issuer}:${loginName}`);
      assert.equal(new URL(uri).searchParams.get('issuer'), issuer);
      assert.deepEqual(new URL(uri).searchParams.getAll('secret'), [SEED]);
      assert.equal(URI.parse(uri).secret.base32, SEED);
    }
  });
});
