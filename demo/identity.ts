import { z } from 'zod';
import type { SignedIn } from './signed-in.ts';

const text = z.string().min(1).optional().catch(undefined);
const list = z.array(z.string()).catch([]);

const claimsSchema = z.object({
  name: text,
  preferred_username: text,
  email: text,
  email_verified: z.boolean().catch(false),
  tenant: text,
  roles: list,
  acr: text,
  amr: list,
  auth_time: z.number().optional().catch(undefined),
});

/** Who a signed-in person is, as far as the provider said so; a claim of the wrong type counts as absent. */
export interface Identity {
  /** The best thing to call them: name, else login name, else the opaque subject. */
  name: string;
  loginName: string | undefined;
  email: string | undefined;
  emailVerified: boolean;
  organisation: string | undefined;
  roles: readonly string[];
  acr: string | undefined;
  amr: readonly string[];
  /** Milliseconds since the epoch. */
  signedInAt: number | undefined;
}

/** Reads the claims of ID token and userinfo; where both speak, the signed ID token wins. */
export function identityOf(signedIn: SignedIn): Identity {
  const claims = claimsSchema.parse({ ...signedIn.userInfo, ...signedIn.idClaims });
  return {
    name: claims.name ?? claims.preferred_username ?? signedIn.subject,
    loginName: claims.preferred_username,
    email: claims.email,
    emailVerified: claims.email_verified,
    organisation: claims.tenant,
    roles: claims.roles,
    acr: claims.acr,
    amr: claims.amr,
    signedInAt: claims.auth_time === undefined ? undefined : claims.auth_time * 1000,
  };
}
