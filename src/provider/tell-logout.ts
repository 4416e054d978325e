import type { TenantId } from '#src/tenant/tenant.ts';

/** A session that an application is to hear of: it ended. */
export interface EndedSession {
  tenantId: TenantId;
  issuer: string;
  accountId: string;
  clientId: string;
  sid: string | undefined;
}

/** Tells applications that sessions ended, behind the back of whoever ended them. */
export type TellLogout = (ended: readonly EndedSession[]) => Promise<void>;
