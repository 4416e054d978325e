import { timingSafeEqual } from 'node:crypto';
import { HOTP, Secret, TOTP } from 'otpauth';
import { z } from 'zod';
import type { Digester } from '#src/secret/ports.ts';
import type { FactorMethod, MethodContext, Proof, Refusal } from '#src/sign-in/factor.ts';
import { readOwn } from '#src/sign-in/own-data.ts';
import type { Factor } from '#src/sign-in/ports.ts';
import { digitsField } from './digits-field.ts';

export const TOTP_KIND = 'totp';

/** RFC 4226 §4 R6 recommends 160 bits; every app knows SHA-1, six digits and 30 seconds, few know more. */
const SEED_BYTES = 20;
const ALGORITHM = 'SHA1';
const DIGITS = 6;
/** Seconds. */
const PERIOD = 30;
/** Steps a clock may be off to be told so: ten minutes. */
const DRIFT = (10 * 60) / PERIOD;

const proof: Proof = { amr: ['otp'], phishingResistant: false };

/** `seed` is base32 without padding. */
const dataSchema = z.strictObject({ seed: z.string().regex(/^[A-Z2-7]{32}$/) });

/** The seed in a method's data. Throws AppError `internal` when it can't be read. */
function seedIn(data: string): Secret {
  return Secret.fromBase32(readOwn(dataSchema, data, 'the data of a totp factor').seed);
}

/** Data of an app that nobody has yet: a seed of its own. */
export function newTotpData(): string {
  return JSON.stringify({ seed: new Secret({ size: SEED_BYTES }).base32 });
}

/** The key in an app's data as it is typed by hand: base 32 in groups of four. Throws AppError `internal`. */
export function totpKey(data: string): string {
  return seedIn(data).base32.replace(/(.{4})(?=.)/g, '$1 ');
}

const stepAt = (now: number) => TOTP.counter({ period: PERIOD, timestamp: now });

/** Steps from `first` to `last`, both counted. */
const stepsBetween = (first: number, last: number) =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);

/** The first of these steps that has this code; compares with the code of each, the same way whichever matches. */
function findStep(seed: Secret, code: string, steps: readonly number[]): number | undefined {
  const [counter] = steps.filter((step) => {
    const expected = HOTP.generate({ secret: seed, algorithm: ALGORITHM, digits: DIGITS, counter: step });
    return timingSafeEqual(Buffer.from(expected), Buffer.from(code));
  });
  return counter;
}

const digitsOf = (typed: string) => typed.replace(/\s/gu, '');
const isCode = (code: string) => /^[0-9]{6}$/.test(code);

/** What is wrong with the form of a code; undefined when it could be right. */
function faultOf(code: string): Refusal | undefined {
  if (isCode(code)) return undefined;
  return code === '' ? 'empty' : 'malformed';
}

type Judged = { ok: true; factorId: string; counter: number } | { ok: false; reason: Refusal };

/**
 * What one app makes of a code at sign-in. Of other times only the past is named: the code of a time to come would
 * tell a guesser what to type in then.
 */
function judge(factor: Factor, code: string, now: number): Judged {
  const seed = seedIn(factor.data);
  const step = stepAt(now);
  const last = factor.lastCounter ?? -1;
  const unused = (steps: readonly number[]) => steps.filter((counter) => counter > last);
  const counter = findStep(seed, code, unused([step, step - 1]));
  if (counter !== undefined) return { ok: true, factorId: factor.id, counter };
  if (last >= 0 && findStep(seed, code, [last]) !== undefined) return { ok: false, reason: 'used' };
  const late = findStep(seed, code, unused(stepsBetween(Math.max(0, step - DRIFT), step - 2)));
  return { ok: false, reason: late === undefined ? 'wrong' : 'clock' };
}

/** Of several refusals the one that says most. */
const TELLING = ['used', 'clock', 'wrong'] as const;

/**
 * The address an app reads from the QR code (Key URI Format). The label is `issuer:account` and apps split it at
 * the first colon, escaped or not, so the issuer must have none; it stands in the parameter as well.
 */
function setUpUri(seed: Secret, { tenant, loginName }: MethodContext): string {
  return new TOTP({
    issuer: tenant.settings.productName.replace(/[\s:]+/gu, ' ').trim(),
    label: loginName,
    secret: seed,
    algorithm: ALGORITHM,
    digits: DIGITS,
    period: PERIOD,
  }).toString();
}

const field = digitsField(DIGITS, { label: 'factor.totp.label', hint: 'factor.totp.hint' });

/**
 * Codes of an authenticator app: TOTP (RFC 6238) with six digits, 30 seconds and SHA-1. At sign-in the current
 * and the previous step count, and only steps after the last one accepted (RFC 6238 §5.2, ASVS 6.5.1); while
 * setting up the next step counts as well, for a phone that is ahead. `counter` is the accepted time step. A person
 * may have several apps: the one whose code it is counts. A new set-up has a seed of its own, so an app that scanned
 * an earlier one that was never proved is worth nothing. `identity` is the seed's: kept twice, by a double click, its
 * codes would count twice.
 * Throws AppError `internal` when its own data can't be read.
 */
export function createTotpMethod({ digester }: { digester: Digester }) {
  return {
    kind: TOTP_KIND,
    icon: 'app',
    phishingResistant: false,
    channels: () => [],

    setUp: {
      page: 'app',
      begin: newTotpData,
      field: () => field,

      blocks(context, pending) {
        if (pending === undefined) return [];
        return [
          { kind: 'qr', content: setUpUri(seedIn(pending), context) },
          { kind: 'key', content: totpKey(pending) },
        ];
      },

      async prove({ now }, pending, typed) {
        if (pending === undefined) return { ok: false, reason: 'expired' };
        const code = digitsOf(typed.code ?? '');
        const fault = faultOf(code);
        if (fault !== undefined) return { ok: false, reason: fault };
        const seed = seedIn(pending);
        const step = stepAt(now);
        const counter = findStep(seed, code, [step, step - 1, step + 1]);
        if (counter !== undefined) {
          const identity = digester.digest('factor-identity', `${TOTP_KIND}:${seed.base32}`);
          return { ok: true, data: pending, counter, identity, proof };
        }
        // Here both directions are told: the seed is on this very page.
        const other = findStep(seed, code, stepsBetween(Math.max(0, step - DRIFT), step + DRIFT));
        return { ok: false, reason: other === undefined ? 'wrong' : 'clock' };
      },
    },

    signIn: {
      field: () => field,
      isPlausible: (typed) => isCode(digitsOf(typed.code ?? '')),

      async check({ now }, factors, typed) {
        const code = digitsOf(typed.code ?? '');
        const fault = faultOf(code);
        if (fault !== undefined) return { ok: false, reason: fault };
        const judged = factors.map((factor) => judge(factor, code, now));
        const right = judged.find((one) => one.ok);
        if (right !== undefined)
          return { ok: true, factorId: right.factorId, use: { counter: right.counter }, proof };
        const reason = TELLING.find((one) => judged.some((other) => !other.ok && other.reason === one));
        return { ok: false, reason: reason ?? 'wrong' };
      },
    },
  } satisfies FactorMethod;
}
