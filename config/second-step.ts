import { isSupportedCountry } from 'libphonenumber-js/min';
import { z } from 'zod';
import { readableText } from './readable-text.ts';

/** Name of a method in the registry; whether there is one of that name is checked at start. */
const kind = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be the name of a second-step method, like totp');

const kinds = z
  .array(kind)
  .max(20)
  .refine((list) => new Set(list).size === list.length, { error: 'must name each method once' });

/** How people prove at sign-in that it is them (R7–R14). */
export const secondStepSchema = z
  .strictObject({
    methods: kinds
      .min(1)
      .optional()
      .describe(
        'Second-step methods people may use, in the order they are offered (sms, webauthn, yubico-otp, totp); absent: every one this installation can do.',
      ),
    required: kinds.default([]).describe('Methods of these that nobody may skip at the first sign-in.'),
    spokenCode: z.boolean().default(true).describe('Whether a code may be spoken in a phone call.'),
    backupCode: z
      .enum(['digits', 'base32', 'none'])
      .default('digits')
      .describe('Backup code as 8 digits, as 13 letters and digits, or none.'),
  })
  .superRefine(
    ({ methods, required }, context) => {
      for (const [index, name] of required.entries()) {
        if (methods === undefined || methods.includes(name)) continue;
        context.addIssue({
          code: 'custom',
          path: ['required', index],
          message: 'is not among secondStep.methods',
        });
      }
    },
    { when: ({ issues }) => issues.length === 0 },
  );

/** One question that people may choose, in every language. */
const question = z.strictObject({
  key: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be lower-case letters, digits and hyphens')
    .describe('Short name of the question; never reuse one for another question.'),
  nl: readableText({ max: 120 }).describe('The question in Dutch.'),
  en: readableText({ max: 120 }).describe('The question in English.'),
});

/** Questions whose answers others can hardly look up; a tenant may have its own. */
const DEFAULT_QUESTIONS = [
  {
    key: 'first-concert',
    nl: 'Naar welk concert ging u als eerste?',
    en: 'Which concert did you go to first?',
  },
  {
    key: 'childhood-nickname',
    nl: 'Wat was uw bijnaam als kind?',
    en: 'What was your nickname as a child?',
  },
  {
    key: 'first-cuddly-toy',
    nl: 'Hoe heette uw eerste knuffel?',
    en: 'What was the name of your first cuddly toy?',
  },
  {
    key: 'favourite-teacher',
    nl: 'Welke leraar vond u het leukst?',
    en: 'Which teacher did you like best?',
  },
  {
    key: 'childhood-hideout',
    nl: 'Waar speelde u het liefst als kind?',
    en: 'Where did you like to play most as a child?',
  },
  {
    key: 'first-dish',
    nl: 'Welk gerecht leerde u als eerste koken?',
    en: 'Which dish did you learn to cook first?',
  },
];

/** What the very first sign-in asks beside a second step (R15). */
export const firstSignInSchema = z.strictObject({
  asks: z
    .enum(['question-and-email', 'email', 'nothing'])
    .default('question-and-email')
    .describe(
      'What a first sign-in asks at its end; without a proved e-mail address nobody can recover a password alone.',
    ),
  questions: z
    .array(question)
    .min(3, 'must have at least 3 questions')
    .max(30)
    .refine((list) => new Set(list.map(({ key }) => key)).size === list.length, {
      error: 'must have a key of its own for each question',
    })
    .default(DEFAULT_QUESTIONS)
    .describe('Security questions that people choose from.'),
});

/** What a tenant's text messages and calls may cost, and where they may go. */
export const phoneCodesSchema = z.strictObject({
  countries: z
    .array(
      z
        .string()
        .regex(/^[A-Z]{2}$/, 'must be a country code like NL')
        .refine(isSupportedCountry, { error: 'is no country that has phone numbers' }),
    )
    .min(1)
    .max(250)
    .default(['NL'])
    .describe('Countries whose numbers get codes (ISO 3166-1 codes), the usual one first.'),
  dailyBudget: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(2000)
    .describe('Most codes by text message and call in 24 hours, over all people.'),
  sendLimits: z
    .enum(['half', 'normal', 'double'])
    .default('normal')
    .describe('Half or twice the usual number of codes per number, account and address.'),
});
