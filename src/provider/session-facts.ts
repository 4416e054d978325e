import type { KoaContextWithOIDC } from 'oidc-provider';
import { z } from 'zod';
import type { SessionFacts } from '#src/session/ports.ts';
import { ACCOUNT_CLIENT } from './account-client.ts';

const factsSchema = z.object({
  passwordAt: z.number(),
  passwordSince: z.number().optional(),
  shared: z.boolean(),
  userAgent: z.string().optional(),
  address: z.string().optional(),
  browser: z.string().optional(),
});

const containersSchema = z.record(
  z.string(),
  z.looseObject({ facts: factsSchema.optional().catch(undefined) }),
);

/** The facts in what a session keeps for its clients; undefined when another version of the product began it. */
export function factsIn(authorizations: unknown): SessionFacts | undefined {
  const read = containersSchema.safeParse(authorizations);
  return read.success ? read.data[ACCOUNT_CLIENT]?.facts : undefined;
}

/**
 * Puts what a sign-in told of itself into the session that it makes, in the container of our own client: it is kept,
 * rotated and ended with the session, without a second write. A computer that was shared once stays so until somebody
 * signs out of it.
 */
export function rememberFacts({ oidc }: Pick<KoaContextWithOIDC, 'oidc'>): void {
  const { session, result } = oidc;
  const told = factsSchema.safeParse(result?.login?.facts);
  if (session === undefined || !told.success) return;
  const before = factsIn(session.authorizations);
  session.ensureClientContainer(ACCOUNT_CLIENT);
  const facts = { ...told.data, shared: told.data.shared || before?.shared === true };
  Object.assign(session.authorizationFor(ACCOUNT_CLIENT), { facts });
}
