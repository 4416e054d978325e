import { randomInt, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '#src/errors.ts';
import type {
  FactorMethod,
  Proof,
  Refusal,
  SetUpAnswer,
  SignInCheck,
  TextFieldSpec,
} from '#src/sign-in/factor.ts';
import type { Factor } from '#src/sign-in/ports.ts';

const KIND = 'word-list';
const WORDS = 10;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** Four of 32 letters: 20 bits, the least that a code from a list may have (ASVS 6.5.4). */
const WORD = /^[A-Z2-7]{4}$/;

const PROOF: Proof = { amr: ['otp'], phishingResistant: false };

const dataSchema = z.strictObject({ words: z.array(z.string().regex(WORD)).length(WORDS) });

/** The words in a method's data. The parser's error is dropped: it would quote them. */
function wordsIn(data: string): string[] {
  const fault = new AppError('internal', 500, `the data of a ${KIND} factor is malformed`);
  let json: unknown;
  try {
    json = JSON.parse(data);
  } catch {
    throw fault;
  }
  const parsed = dataSchema.safeParse(json);
  if (!parsed.success) throw fault;
  return parsed.data.words;
}

function newWords(): string[] {
  const words = new Set<string>();
  while (words.size < WORDS) {
    words.add(Array.from({ length: 4 }, () => LETTERS[randomInt(LETTERS.length)]).join(''));
  }
  return [...words];
}

/** As typed by people: blanks and small letters don't matter. */
const wordOf = (typed: string | undefined) => (typed ?? '').replace(/\s/gu, '').toUpperCase();

function faultOf(word: string): Refusal | undefined {
  if (WORD.test(word)) return undefined;
  return word === '' ? 'empty' : 'malformed';
}

/** Number of the word that a list asks for now, counted from 1. */
const nextOf = ({ lastCounter }: Factor) => (lastCounter ?? 0) + 1;

/** Judges a word against one list, of which word `next` is asked for. */
function judge(words: readonly string[], word: string, next: number): 'right' | 'used' | 'wrong' | 'expired' {
  if (next > words.length) return 'expired';
  const number = 1 + words.findIndex((one) => timingSafeEqual(Buffer.from(one), Buffer.from(word)));
  if (number === next) return 'right';
  return number > 0 && number < next ? 'used' : 'wrong';
}

const fieldFor = (number: number): TextFieldSpec => ({
  type: 'text',
  name: 'code',
  label: `factor.${KIND}.label`,
  hint: `factor.${KIND}.hint`,
  hintValues: { number: String(number) },
  inputMode: 'text',
  autocomplete: 'off',
  maxLength: 12,
});

/**
 * A second step made as docs/adding-a-method.md says, to prove that it takes no more than that: a list of ten words on
 * paper. The first proves the set-up, each sign-in asks for the next. `counter` is the number of the word, so the store
 * takes none twice. Its texts are in sample-method-texts.json. Throws AppError `internal` when its own data can't be read.
 */
export function createWordListMethod() {
  return {
    kind: KIND,
    icon: 'paper',
    phishingResistant: false,
    channels: () => [],

    setUp: {
      page: 'word-list',
      begin: () => JSON.stringify({ words: newWords() }),
      field: () => fieldFor(1),
      blocks: (_context, pending) =>
        pending === undefined ? [] : [{ kind: 'key', content: wordsIn(pending).join(' ') }],

      async prove(_context, pending, typed): Promise<SetUpAnswer> {
        if (pending === undefined) return { ok: false, reason: 'expired' };
        const word = wordOf(typed.code);
        const fault = faultOf(word);
        if (fault !== undefined) return { ok: false, reason: fault };
        const judged = judge(wordsIn(pending), word, 1);
        if (judged !== 'right') return { ok: false, reason: judged };
        return { ok: true, data: pending, counter: 1, proof: PROOF };
      },
    },

    signIn: {
      fieldShowsFactors: true,
      field: (_context, [factor]) => fieldFor(factor === undefined ? 1 : nextOf(factor)),
      isPlausible: ({ code }) => WORD.test(wordOf(code)),

      async check(_context, factors, typed): Promise<SignInCheck> {
        const word = wordOf(typed.code);
        const fault = faultOf(word);
        if (fault !== undefined) return { ok: false, reason: fault };
        let reason: Refusal | undefined;
        for (const factor of factors) {
          const judged = judge(wordsIn(factor.data), word, nextOf(factor));
          if (judged === 'right') {
            return { ok: true, factorId: factor.id, use: { counter: nextOf(factor) }, proof: PROOF };
          }
          reason ??= judged;
        }
        return { ok: false, reason: reason ?? 'wrong' };
      },
    },
  } satisfies FactorMethod;
}
