import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { HOTP, Secret, URI } from 'otpauth';
import { totp } from '#interactions/factors/totp.ts';
import { AppError } from '#src/errors.ts';
import type { Factor } from '#src/sign-in/ports.ts';

/** Seed of RFC 6238 appendix B: the ASCII text 12345678901234567890. */
const SEED = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const STEP = 30_000;
const NOW = Date.UTC(2026, 0, 15, 9, 0, 0);

const factor = (lastCounter?: number): Factor => ({
  id: 'factor-1',
  tenantId: 'tenant-1',
  accountId: 'account-1',
  kind: 'totp',
  label: 'phone',
  data: JSON.stringify({ seed: SEED }),
  lastCounter,
  createdAt: 0,
  lastUsedAt: undefined,
});
const pending = { data: JSON.stringify({ seed: SEED }) };
const codeOf = (step: number) => HOTP.generate({ secret: Secret.fromBase32(SEED), digits: 6, counter: step });
const codeAt = (now: number) => codeOf(Math.floor(now / STEP));
const moment = fc.integer({ min: 10 * STEP, max: Date.UTC(2200, 0, 1) });
/** Steps whose neighbours happen to have the same code can't show which one was accepted. */
const distinct = (step: number) =>
  fc.pre(new Set([-2, -1, 0, 1, 2].map((shift) => codeOf(step + shift))).size === 5);

describe('authenticator app at sign-in', () => {
  test('the vectors of RFC 6238 appendix B are right, to six digits', () => {
    for (const [seconds, code] of [
      [59, '287082'],
      [1111111109, '081804'],
      [1111111111, '050471'],
      [1234567890, '005924'],
      [2000000000, '279037'],
      [20000000000, '353130'],
    ] as const) {
      assert.deepEqual(totp.check(factor(), code, seconds * 1000), {
        ok: true,
        counter: Math.floor(seconds / 30),
      });
    }
  });

  test('a code is right in its own step and the next one, and at no other time', () => {
    fc.assert(
      fc.property(moment, fc.integer({ min: -3 * STEP, max: 3 * STEP }), (now, shift) => {
        const step = Math.floor(now / STEP);
        distinct(step);
        const age = now + shift - step * STEP;
        const expected =
          age >= 0 && age < 2 * STEP ? { ok: true, counter: step } : { ok: false, reason: 'wrong' };
        const lookAlike = [0, 1].some((back) => {
          const other = Math.floor((now + shift) / STEP) - back;
          return other !== step && codeOf(other) === codeOf(step);
        });
        fc.pre(!lookAlike);
        assert.deepEqual(totp.check(factor(), codeOf(step), now + shift), expected);
      }),
    );
  });

  test('a used code buys nothing twice', () => {
    fc.assert(
      fc.property(moment, fc.integer({ min: 0, max: 2 * STEP }), (now, later) => {
        const step = Math.floor(now / STEP);
        distinct(step);
        const used = totp.check(factor(), codeAt(now), now);
        assert.ok(used.ok);
        assert.equal(totp.check(factor(used.counter), codeAt(now), now + later).ok, false);
      }),
    );
  });

  test('after the current code the previous one is spent as well, and the next one still works', () => {
    const step = NOW / STEP;
    assert.equal(totp.check(factor(step), codeOf(step - 1), NOW).ok, false);
    assert.deepEqual(totp.check(factor(step), codeOf(step + 1), NOW + STEP), { ok: true, counter: step + 1 });
  });

  test('a clock that was set back accepts nothing it accepted before', () => {
    const step = NOW / STEP;
    assert.equal(totp.check(factor(step), codeOf(step - 10), NOW - 10 * STEP).ok, false);
  });

  test('blanks in a code do not matter', () => {
    const code = codeAt(NOW);
    for (const typed of [
      ` ${code} `,
      `${code.slice(0, 3)} ${code.slice(3)}`,
      `${code.slice(0, 3)}\u00a0${code.slice(3)}\n`,
    ]) {
      assert.equal(totp.check(factor(), typed, NOW).ok, true);
    }
  });

  test('what can be no code is malformed, and a wrong code is wrong', () => {
    for (const typed of [
      '',
      '12345',
      '1234567',
      'abcdef',
      '12345a',
      '-12345',
      '１２３４５６',
      '1'.repeat(100_000),
    ]) {
      assert.deepEqual(totp.check(factor(), typed, NOW), { ok: false, reason: 'malformed' });
    }
    const wrong = String((Number(codeAt(NOW)) + 1) % 1_000_000).padStart(6, '0');
    assert.deepEqual(totp.check(factor(), wrong, NOW), { ok: false, reason: 'wrong' });
  });

  test('data that is not its own is a failure that does not quote it', () => {
    for (const data of ['', '{', `"${SEED}"`, '{"seed":"short"}', `{"seed":"${SEED}","more":1}`, SEED]) {
      assert.throws(
        () => totp.check({ ...factor(), data }, '123456', NOW),
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
  const subject = { loginName: 'j.devries', issuerName: 'Raetsheren', locale: 'nl' } as const;
  const content = (
    of: typeof pending,
    kind: 'qr' | 'key',
    who: Parameters<typeof totp.blocks>[1] = subject,
  ) => totp.blocks(of, who).find((block) => block.kind === kind)?.content ?? '';

  test('every set-up has its own seed of 160 bits', () => {
    const seeds = Array.from({ length: 50 }, () => content(totp.begin(), 'key').replaceAll(' ', ''));
    assert.equal(new Set(seeds).size, 50);
    for (const seed of seeds) assert.equal(Secret.fromBase32(seed).bytes.length, 20);
  });

  test('a fresh set-up is proved by the code of its own seed and becomes a factor that works', () => {
    const fresh = totp.begin();
    const secret = Secret.fromBase32(content(fresh, 'key').replaceAll(' ', ''));
    const code = HOTP.generate({ secret, counter: NOW / STEP });
    const proof = totp.confirm(fresh, code, NOW);
    assert.deepEqual(proof, { ok: true, counter: NOW / STEP });
    const later = HOTP.generate({ secret, counter: NOW / STEP + 1 });
    assert.equal(totp.check({ ...factor(NOW / STEP), data: fresh.data }, later, NOW + STEP).ok, true);
  });

  test('previous, current and next step prove it, those beyond do not', () => {
    fc.assert(
      fc.property(moment, fc.integer({ min: -4, max: 4 }), (now, shift) => {
        const step = Math.floor(now / STEP);
        fc.pre(new Set(Array.from({ length: 11 }, (_, index) => codeOf(step - 5 + index))).size === 11);
        const expected =
          Math.abs(shift) <= 1 ? { ok: true, counter: step + shift } : { ok: false, reason: 'wrong' };
        assert.deepEqual(totp.confirm(pending, codeOf(step + shift), now), expected);
      }),
    );
  });

  test('the key is shown in groups of four', () => {
    assert.equal(content(pending, 'key'), 'GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ');
  });

  test('the QR code says issuer, name and seed the way apps read them', () => {
    assert.equal(
      content(pending, 'qr'),
      `otpauth://totp/Raetsheren:j.devries?issuer=Raetsheren&secret=${SEED}&algorithm=SHA1&digits=6&period=30`,
    );
  });

  test('colons, signs and letters of any script in names survive the QR code', () => {
    for (const [issuerName, loginName, issuer] of [
      ['Verzuim: Noord & Zuid', 'jan:hr@voorbeeld.example', 'Verzuim Noord & Zuid'],
      ['Zorg?100%#1/2', 'zoë=1&secret=x', 'Zorg?100%#1/2'],
      ['東京', 'たろう', '東京'],
    ] as const) {
      const uri = content(pending, 'qr', { loginName, issuerName, locale: 'nl' });
      const label = decodeURIComponent(new URL(uri).pathname.split('/').at(-1) ?? '');
      assert.equal(label, `${issuer}:${loginName}`);
      assert.equal(new URL(uri).searchParams.get('issuer'), issuer);
      assert.deepEqual(new URL(uri).searchParams.getAll('secret'), [SEED]);
      assert.equal(URI.parse(uri).secret.base32, SEED);
    }
  });
});
