import { z } from 'zod';
import type { Digester } from '#src/secret/ports.ts';
import type {
  FactorMethod,
  FieldSpec,
  Proof,
  Refusal,
  SetUpAnswer,
  SignInCheck,
} from '#src/sign-in/factor.ts';
import { readYubicoOtp } from '#src/sign-in/modhex.ts';
import { readOwn } from '#src/sign-in/own-data.ts';
import type { Factor } from '#src/sign-in/ports.ts';
import type { YubicoAnswer, YubicoValidation } from '#src/sign-in/yubico.ts';

const KIND = 'yubico-otp';

/** The public id names the key; its secret is in the key and at the validation service, never here. */
const dataSchema = z.strictObject({ publicId: z.string().regex(/^[cbdefghijklnrtuv]{12}$/) });

/** RFC 8176 §2: a one-time password (`otp`), made by a key that never leaves its hardware (`hwk`). */
const PROOF: Proof = { amr: ['otp', 'hwk'], phishingResistant: false };

/** A touch types 44 characters and Enter; the rest is room for blanks. */
const FIELD: FieldSpec = {
  type: 'text',
  name: 'code',
  label: `factor.${KIND}.label`,
  hint: `factor.${KIND}.hint`,
  inputMode: 'text',
  // Not `one-time-code`: a phone would offer the code of a text message here.
  autocomplete: 'off',
  maxLength: 64,
};

function publicIdOf({ data }: Factor): string {
  return readOwn(dataSchema, data, `the data of a ${KIND} factor`).publicId;
}

/** Both counters of a key as one number that rises with every touch, also over a power loss. */
function counterOf({ sessionCounter, useCounter }: Extract<YubicoAnswer, { kind: 'valid' }>): number {
  return sessionCounter * 256 + useCounter;
}

/** What the person hears of a code that was not accepted. */
function refusalOf(answer: Exclude<YubicoAnswer, { kind: 'valid' }>): { ok: false; reason: Refusal } {
  if (answer.kind === 'unavailable') return { ok: false, reason: 'unavailable' };
  return { ok: false, reason: answer.reason === 'replayed' ? 'used' : 'wrong' };
}

export interface YubicoOtpParts {
  validation: YubicoValidation;
  digester: Digester;
}

/**
 * The 44 characters that a YubiKey types at a touch (Yubico OTP), for places where WebAuthn can't go: remote desktops,
 * old browsers, pages without script. A person types them wherever they are asked, so they are not phishing-resistant.
 * The validation service uses a code up when it accepts it; the counter that it tells is kept as well, so that a
 * service which forgets or lies can't make one code count twice. Throws AppError `internal` when a factor's data can't
 * be read.
 */
export function createYubicoOtpMethod({ validation, digester }: YubicoOtpParts): FactorMethod {
  return {
    kind: KIND,
    icon: 'keyboard',
    phishingResistant: false,
    channels: () => [],

    setUp: {
      page: 'yubikey',
      field: () => FIELD,
      async prove(_context, _pending, typed): Promise<SetUpAnswer> {
        const read = readYubicoOtp(typed.code);
        if (!read.ok) return read;
        const answer = await validation.validate(read.otp);
        if (answer.kind !== 'valid') return refusalOf(answer);
        const { publicId } = read;
        return {
          ok: true,
          data: JSON.stringify({ publicId }),
          counter: counterOf(answer),
          identity: digester.digest('factor-identity', `${KIND}:${publicId}`),
          label: `YubiKey ${publicId.slice(-4)}`,
          proof: PROOF,
        };
      },
    },

    signIn: {
      field: () => FIELD,
      isPlausible: ({ code }) => readYubicoOtp(code).ok,
      async check(_context, factors, typed): Promise<SignInCheck> {
        const read = readYubicoOtp(typed.code);
        if (!read.ok) return read;
        // Before anybody is asked: a code of another person's key stays unused, and nobody learns whether it is right.
        const factor = factors.find((own) => publicIdOf(own) === read.publicId);
        if (factor === undefined) return { ok: false, reason: 'foreign' };
        const answer = await validation.validate(read.otp);
        if (answer.kind !== 'valid') return refusalOf(answer);
        return { ok: true, factorId: factor.id, use: { counter: counterOf(answer) }, proof: PROOF };
      },
    },
  };
}
