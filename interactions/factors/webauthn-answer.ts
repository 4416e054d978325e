import { z } from 'zod';
import type { Refusal, Typed } from '#src/sign-in/factor.ts';
import { jsonIn } from '../http/json-text.ts';

/** Bytes as browsers write them; `characters` bounds the text. */
export const base64url = (characters: number) =>
  z
    .string()
    .max(characters)
    .regex(/^[A-Za-z0-9_-]+$/);

/** At most 1023 bytes (WebAuthn §4). */
export const credentialId = base64url(1364);

/** How a key is reached: words of a list that grows (WebAuthn §5.8.4). */
export const transports = z.array(z.string().regex(/^[a-z0-9-]{1,20}$/)).max(10);

/** Longer than any answer of a browser whose key was asked for no attestation, and within what a form may bring. */
const MOST_CHARACTERS = 15_000;

/** Browsers add to these over the years: what we do not read is left out instead of refused. */
const common = { id: credentialId, rawId: credentialId, type: z.literal('public-key') };

const registrationSchema = z.object({
  ...common,
  response: z.object({
    clientDataJSON: base64url(4096),
    attestationObject: base64url(10_000),
    transports: transports.optional(),
  }),
});

const assertionSchema = z.object({
  ...common,
  response: z.object({
    clientDataJSON: base64url(4096),
    authenticatorData: base64url(2048),
    signature: base64url(1400),
    /** At most 64 bytes; absent from keys that keep no name of the account. */
    userHandle: z
      .string()
      .max(86)
      .regex(/^[A-Za-z0-9_-]*$/)
      .nullish(),
  }),
});

/** What the page's script posts in place of a credential. */
const reportSchema = z.strictObject({ error: z.enum(['cancelled', 'unsupported', 'already']) });

/** `already`: the key says that it was set up before. Whose it is by now the page does not tell. */
const reported = { cancelled: 'cancelled', unsupported: 'unsupported', already: 'taken' } as const;

const clientDataSchema = z.object({
  challenge: base64url(200),
  /** Whether a page of another site had ours in a frame, which the policy of every page forbids. */
  crossOrigin: z.boolean().optional(),
});

/** What the browser says it let the key sign (WebAuthn §5.8.1). */
export type ClientData = z.infer<typeof clientDataSchema>;
export type Registration = z.infer<typeof registrationSchema>;
export type Assertion = z.infer<typeof assertionSchema>;

/** What a form brought of a key, judged by its shape only. */
export type KeyAnswer<Credential> =
  | { ok: true; credential: Credential; clientData: ClientData }
  | { ok: false; reason: Extract<Refusal, 'empty' | 'malformed' | 'cancelled' | 'unsupported' | 'taken'> };

/** Whether it could be right by its form, or says why there is none: both are the method's to answer. */
export const saysSomething = (answer: KeyAnswer<unknown>) =>
  answer.ok || (answer.reason !== 'empty' && answer.reason !== 'malformed');

function read<Credential extends { response: { clientDataJSON: string } }>(
  typed: Typed,
  schema: z.ZodType<Credential>,
): KeyAnswer<Credential> {
  const text = typed.credential ?? '';
  if (text === '') return { ok: false, reason: 'empty' };
  if (text.length > MOST_CHARACTERS) return { ok: false, reason: 'malformed' };
  const json = jsonIn(text);
  const report = reportSchema.safeParse(json);
  if (report.success) return { ok: false, reason: reported[report.data.error] };
  const credential = schema.safeParse(json);
  if (!credential.success) return { ok: false, reason: 'malformed' };
  const said = Buffer.from(credential.data.response.clientDataJSON, 'base64url').toString();
  const clientData = clientDataSchema.safeParse(jsonIn(said));
  if (!clientData.success) return { ok: false, reason: 'malformed' };
  return { ok: true, credential: credential.data, clientData: clientData.data };
}

/** A new key's answer (RegistrationResponseJSON, WebAuthn §5.1). Nothing in it is proved yet. */
export const readRegistration = (typed: Typed): KeyAnswer<Registration> => read(typed, registrationSchema);

/** A known key's answer (AuthenticationResponseJSON, WebAuthn §5.1). Nothing in it is proved yet. */
export const readAssertion = (typed: Typed): KeyAnswer<Assertion> => read(typed, assertionSchema);
