import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { z } from 'zod';
import { refuseHiddenCharacters } from '#config/readable-text.ts';

/** Code points of a given or family name. */
const NAME_MAX = 100;
/** Octets of an address in SMTP (RFC 5321 §4.5.3.1.3, without the brackets). */
const EMAIL_MAX = 254;
const ROLES_MAX = 50;

/** A given or family name: trimmed, NFC, 1 to 100 code points. */
export const personNameSchema = z
  .string()
  .max(1000, 'is too long')
  .transform((text) => text.trim().normalize('NFC'))
  .refine((name) => name !== '', { error: 'must not be empty' })
  .refine((name) => Array.from(name).length <= NAME_MAX, {
    error: `must have at most ${NAME_MAX} characters`,
  })
  .check(refuseHiddenCharacters);

/** An e-mail address as typed, without white space around it. Compare by `comparableEmail`, send to this. */
export const emailSchema = z
  .string()
  .trim()
  .max(EMAIL_MAX, `must have at most ${EMAIL_MAX} characters`)
  .pipe(z.email({ error: 'must be an e-mail address' }));

/**
 * The form in which two e-mail addresses are compared. RFC 5321 §2.4 lets a host tell capitals apart before the
 * at sign; none does, and people type them both ways.
 */
export function comparableEmail(email: string): string {
  return email.trim().normalize('NFC').toLowerCase();
}

/** A phone number in any usual form (`06…`, `+31…`, `0031…`, `+32 …`), Dutch unless it says otherwise, as E.164. */
export const phoneSchema = z
  .string()
  .max(40, 'is too long')
  .transform((text, context) => {
    const number = parsePhoneNumberFromString(text.trim(), { defaultCountry: 'NL', extract: false });
    if (number?.isValid() && number.ext === undefined) return number.number;
    context.addIssue({ code: 'custom', message: 'must be a phone number' });
    return z.NEVER;
  })
  .pipe(z.string());

/** What an application may do with a person, by name; each named once. */
export const rolesSchema = z
  .array(
    z
      .string()
      .regex(/^[a-z][a-z0-9:_-]{0,63}$/, 'must be lower-case letters, digits, colon, hyphen or underscore'),
  )
  .max(ROLES_MAX, `must be at most ${ROLES_MAX} roles`)
  .transform((roles) => [...new Set(roles)]);

/** A language that pages and messages have. */
export const localeSchema = z.enum(['nl', 'en']);

/** What is known about a person beside login name and password, checked at every edge (command line, API, forms). */
export const profileSchema = z.strictObject({
  givenName: personNameSchema,
  familyName: personNameSchema,
  email: emailSchema.optional(),
  phone: phoneSchema.optional(),
  locale: localeSchema,
  roles: rolesSchema,
});

export type Profile = z.infer<typeof profileSchema>;
