import { z } from 'zod';
import type { Session } from '#src/session/ports.ts';
import { ACCOUNT_CLIENT } from './account-client.ts';
import { type SessionLife, sessionTtl } from './lifetimes.ts';
import type { StoredArtifact } from './ports.ts';
import { factsIn } from './session-facts.ts';

const text = z.string().optional().catch(undefined);

const payloadSchema = z.looseObject({
  uid: z.string(),
  jti: z.string(),
  accountId: z.string(),
  loginTs: z.number(),
  exp: z.number(),
  authorizations: z.record(z.string(), z.object({ sid: text, grantId: text })).optional(),
});

/** A session in which somebody is signed in, from what is kept of it; with the name it is kept under. */
export interface StoredSession extends Session {
  id: string;
}

/** Undefined for one in which nobody is signed in. `life` tells when it was last used: that long before its end. */
export function storedSession(
  { payload, expiresAt }: Pick<StoredArtifact, 'payload' | 'expiresAt'>,
  life: SessionLife,
): StoredSession | undefined {
  const read = payloadSchema.safeParse(payload);
  if (!read.success) return undefined;
  const { uid, jti, accountId, loginTs, exp, authorizations = {} } = read.data;
  const facts = factsIn(payload.authorizations);
  const endsAt = expiresAt ?? exp * 1000;
  const idle = sessionTtl(life, loginTs, loginTs, facts?.shared) * 1000;
  // Near its absolute end it lives less than its idle time: then it seems to be used earlier than it was, never later.
  return {
    id: jti,
    uid,
    accountId,
    signedInAt: loginTs * 1000,
    lastUsedAt: Math.max(loginTs * 1000, endsAt - idle),
    facts,
    applications: Object.entries(authorizations)
      .filter(([clientId]) => clientId !== ACCOUNT_CLIENT)
      .map(([clientId, { sid, grantId }]) => ({ clientId, sid, grantId })),
  };
}
