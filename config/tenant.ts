import { z } from 'zod';
import { keyName, reasonOf, shownKey } from './faults.ts';
import { readableText } from './readable-text.ts';
import { firstSignInSchema, phoneCodesSchema, secondStepSchema } from './second-step.ts';
import { webAddress } from './web-address.ts';

/** When the help desk answers: in every language we have, or not at all. */
const hours = z.strictObject({
  nl: readableText({ max: 200 }).describe('When the help desk answers, in Dutch.'),
  en: readableText({ max: 200 }).describe('When the help desk answers, in English.'),
});

const colour = z.string().regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour like #1f4e79');

/** Help desk of a tenant: shown on every error page and under every form (R2, R25, R29). */
const helpDesk = z
  .strictObject({
    email: z
      .email()
      .max(254)
      .optional()
      .describe('E-mail address of the help desk; it or the phone number is needed.'),
    phone: readableText({ min: 3, max: 40 })
      .optional()
      .describe('Phone number of the help desk, as people should read it.'),
    hours: hours.optional(),
    manuals: webAddress.optional().describe('Where the manuals are; linked from the help page.'),
  })
  .refine((desk) => desk.email !== undefined || desk.phone !== undefined, {
    path: ['email'],
    error: 'is needed, or a phone number: people who are stuck must be able to reach somebody',
    // Also when another part of the help desk is wrong: all faults are told at once.
    when: ({ value }) => typeof value === 'object' && value !== null,
  });

/** Notice under the sign-in form (R4); its Dutch text is what people's printed manuals show. */
const notice = z.strictObject({
  nl: readableText({ max: 1000 })
    .default(
      'LET OP: u mag zich alleen aanmelden voor deze applicatie indien u een geautoriseerd gebruiker bent.',
    )
    .describe('Notice under the sign-in form, in Dutch.'),
  en: readableText({ max: 1000 })
    .default('Please note: you may sign in to this application only if you are an authorised user.')
    .describe('Notice under the sign-in form, in English.'),
});

/** The parts of the look that a tenant may set (design tokens). */
const theme = z.strictObject({
  backdrop: colour.optional().describe('Colour behind the white card.'),
  accent: colour.optional().describe('Colour of the main button.'),
  accentText: colour.optional().describe('Colour of the text on the main button.'),
});

/** How people who are stuck get back in, and newcomers in (design: reset link, invitation). */
const recovery = z.strictObject({
  linkMinutes: z.int().min(5).max(1440).default(30).describe('How long a link to a new password works.'),
  invitationDays: z.int().min(1).max(21).default(7).describe('How long an invitation works.'),
  newPhoneHours: z
    .int()
    .min(24)
    .max(336)
    .default(72)
    .describe('How long a new phone number proves nothing behind a password that was forgotten.'),
});

/** How long records are kept; `npx poortwachter audit retain` forgets what is older. */
const retention = z.strictObject({
  auditMonths: z.int().min(12).max(240).default(60).describe('How long the audit log is kept.'),
  originMonths: z
    .int()
    .min(1)
    .max(60)
    .default(6)
    .describe('How long the audit log keeps addresses and browsers as they were told.'),
  messageMonths: z.int().min(1).max(60).default(13).describe('How long the record of sent messages is kept.'),
});

/** Everything one tenant decides (R2): host, brand and help desk may be three different companies. */
export const tenantSchema = z.strictObject({
  key: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be 1 to 40 lower-case letters, digits and hyphens')
    .default('default')
    .describe('Short name of the tenant, fixed at creation.'),
  name: readableText({ max: 120 }).describe('Name of the organisation that people sign in for.'),
  productName: readableText({ max: 60 }).describe('Name in large letters above the sign-in card.'),
  applicationName: readableText({ max: 60 }).describe('Name of the application that people return to.'),
  initiateLoginUri: webAddress.describe(
    'Where the application starts a sign-in by itself (OIDC Core §4); direct visits, bookmarks and stale pages go there.',
  ),
  helpDesk: helpDesk.prefault({}),
  notice: notice.prefault({}),
  defaultLocale: z
    .enum(['nl', 'en'])
    .default('nl')
    .describe('Language when the browser asks for none we have.'),
  theme: theme.prefault({}),
  secondStep: secondStepSchema.prefault({}),
  firstSignIn: firstSignInSchema.prefault({}),
  phone: phoneCodesSchema.prefault({}),
  recovery: recovery.prefault({}),
  retention: retention.prefault({}),
});

export type TenantSettings = z.infer<typeof tenantSchema>;

/** What is kept of a tenant that the configuration does not name; its key stands beside it. */
const keptSchema = tenantSchema.omit({ key: true });

/** Settings that were kept, read again; or what is wrong with them, a sentence a field, never a value. */
export type KeptSettings = { ok: true; settings: TenantSettings } | { ok: false; faults: string[] };

/** Reads settings that were kept, perhaps by another version. */
export function parseKeptSettings(key: string, kept: unknown): KeptSettings {
  const result = keptSchema.safeParse(kept, { error: reasonOf, reportInput: false });
  if (result.success) return { ok: true, settings: { key, ...result.data } };
  const faults = result.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((unknown) => `${keyName([...issue.path, shownKey(unknown)])} is not a setting`)
      : [`${keyName(issue.path) || 'all of it'} ${issue.message}`],
  );
  return { ok: false, faults };
}

/** The settings as they are kept. */
export function keptOf({ key: _besideIt, ...kept }: TenantSettings): Omit<TenantSettings, 'key'> {
  return kept;
}
