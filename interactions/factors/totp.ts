import { timingSafeEqual } from 'node:crypto';
import { HOTP, Secret, TOTP } from 'otpauth';
import { z } from 'zod';
import { AppError } from '#src/errors.ts';
import type { CodeCheck, FactorMethod, FieldSpec, PendingFactor, SetUpSubject } from '#src/sign-in/factor.ts';

/** RFC 4226 §4 R6 recommends 160 bits; every app knows SHA-1, six digits and 30 seconds, few know more. */
const SEED_BYTES = 20;
const ALGORITHM = 'SHA1';
const DIGITS = 6;
/** Seconds. */
const PERIOD = 30;

/** `seed` is base32 without padding. */
const dataSchema = z.strictObject({ seed: z.string().regex(/^[A-Z2-7]{32}$/) });

/**
 * The seed in a method's data. The parser's own error is dropped, not kept as cause: it would quote the text,
 * and the text is the seed.
 */
function seedIn(data: string): Secret {
  const fault = new AppError('internal', 500, 'the data of a totp factor is malformed');
  let json: unknown;
  try {
    json = JSON.parse(data);
  } catch {
    throw fault;
  }
  const parsed = dataSchema.safeParse(json);
  if (!parsed.success) throw fault;
  return Secret.fromBase32(parsed.data.seed);
}

const stepAt = (now: number) => TOTP.counter({ period: PERIOD, timestamp: now });

/** Compares with the code of each step, the same way whichever matches; `steps` in order of preference. */
function findStep(seed: Secret, typed: string, steps: readonly number[]): CodeCheck {
  const code = typed.replace(/\s/gu, '');
  if (!/^[0-9]{6}$/.test(code)) return { ok: false, reason: 'malformed' };
  const matches = steps.filter((counter) => {
    const expected = HOTP.generate({ secret: seed, algorithm: ALGORITHM, digits: DIGITS, counter });
    return timingSafeEqual(Buffer.from(expected), Buffer.from(code));
  });
  const [counter] = matches;
  return counter === undefined ? { ok: false, reason: 'wrong' } : { ok: true, counter };
}

/**
 * The address an app reads from the QR code (Key URI Format). The label is `issuer:account` and apps split it at
 * the first colon, escaped or not, so the issuer must have none; it stands in the parameter as well.
 */
function setUpUri(seed: Secret, subject: SetUpSubject): string {
  const issuer = subject.issuerName.replace(/[\s:]+/gu, ' ').trim();
  return new TOTP({
    issuer,
    label: subject.loginName,
    secret: seed,
    algorithm: ALGORITHM,
    digits: DIGITS,
    period: PERIOD,
  }).toString();
}

/** `maxLength` leaves room for the blanks that apps show and paste between the digits. */
const field = (label: string, hint: string | undefined): FieldSpec => ({
  name: 'code',
  label,
  hint,
  inputMode: 'numeric',
  autocomplete: 'one-time-code',
  maxLength: 12,
  wholeLength: DIGITS,
});

/**
 * Codes of an authenticator app: TOTP (RFC 6238) with six digits, 30 seconds and SHA-1. At sign-in the current
 * and the previous step count, and only steps after the last one accepted (RFC 6238 §5.2, ASVS 6.5.1); while
 * setting up the next step counts as well, for a phone that is ahead. `counter` is the accepted time step.
 * Throws AppError `internal` when its own data can't be read.
 */
export const totp: FactorMethod = {
  kind: 'totp',
  setUpStep: 'enrol-app',
  amr: ['otp'],
  phishingResistant: false,
  signInField: field('factor.totp.label', 'factor.totp.hint'),
  setUpField: field('factor.totp.label', 'factor.totp.hint'),

  begin(): PendingFactor {
    return { data: JSON.stringify({ seed: new Secret({ size: SEED_BYTES }).base32 }) };
  },

  blocks(pending, subject) {
    const seed = seedIn(pending.data);
    return [
      { kind: 'qr', content: setUpUri(seed, subject) },
      { kind: 'key', content: seed.base32.replace(/(.{4})(?=.)/g, '$1 ') },
    ];
  },

  confirm(pending, code, now) {
    const step = stepAt(now);
    return findStep(seedIn(pending.data), code, [step, step - 1, step + 1]);
  },

  check(factor, code, now) {
    const step = stepAt(now);
    const unused = [step, step - 1].filter((counter) => counter > (factor.lastCounter ?? -1));
    return findStep(seedIn(factor.data), code, unused);
  },
};
