import type { Tenant, TenantId } from './tenant.ts';

/** What a request's host name leads to. */
export interface TenantDirectory {
  /**
   * The tenant whose issuer has this host (with port when it is not the scheme's own, lower case), or undefined
   * for a host that is nobody's: the server answers 421.
   */
  byHost(host: string): Promise<Tenant | undefined>;
}

/** A tenant's durable identity: what must never change under its people. */
export interface TenantRecord {
  id: TenantId;
  key: string;
  issuer: string;
}

/** Where tenants are kept. */
export interface TenantStore {
  /** The tenant with this key, made with this issuer when there is none yet; safe when two processes race. */
  ensure(key: string, issuer: string): Promise<TenantRecord>;
  /** Moves a tenant to another issuer. Tokens and passkeys of the old one stop working: for the trial only. */
  moveIssuer(id: TenantId, issuer: string): Promise<void>;
}
