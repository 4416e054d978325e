import type { TenantSettings } from '#config/tenant.ts';
import type { Tenant, TenantId } from './tenant.ts';

/** What a request's host name leads to. */
export interface TenantDirectory {
  /**
   * The tenant whose issuer has this host (with port when it is not the scheme's own, lower case), or undefined
   * for a host that is nobody's: the server answers 421. Throws AppError `store-unavailable` when that can't be
   * found out now, and `tenant-unfit` for a tenant whose settings this version can't read.
   */
  byHost(host: string): Promise<Tenant | undefined>;
}

/** A tenant's durable identity: what must never change under its people. */
export interface TenantRecord {
  id: TenantId;
  key: string;
  issuer: string;
}

/**
 * Who decides what a tenant looks like: the configuration, or the tenant's own row. `unfit`: the row's settings are
 * not what this version takes; `faults` names the fields, never what is in them.
 */
export type SettingsSource =
  | { from: 'configuration' }
  | { from: 'row'; settings: TenantSettings }
  | { from: 'unfit'; faults: readonly string[] };

/** A tenant as kept. */
export interface StoredTenant extends TenantRecord {
  source: SettingsSource;
}

/** A page of tenants in the order of their keys; `next` is where to go on, undefined on the last page. */
export interface TenantPage {
  tenants: StoredTenant[];
  next: string | undefined;
}

/**
 * Answer to `apply`. `issuer-fixed`: the tenant has another issuer, which nothing moves; `issuer-taken`: another
 * tenant has this issuer or its host; `configured`: the configuration decides about this tenant.
 */
export type ApplyResult =
  | { kind: 'created' | 'changed' | 'unchanged'; tenant: Tenant }
  | { kind: 'issuer-fixed'; issuer: string }
  | { kind: 'issuer-taken' }
  | { kind: 'configured' };

/** Where tenants are kept. Every method throws AppError `store-unavailable` when the store can't answer. */
export interface TenantStore {
  /** The tenant with this key, made with this issuer when there is none yet; safe when two processes race. */
  ensure(key: string, issuer: string): Promise<StoredTenant>;
  byHost(host: string): Promise<StoredTenant | undefined>;
  byKey(key: string): Promise<StoredTenant | undefined>;
  /** `after` is a key; the page begins behind it. */
  list(page: { limit: number; after?: string | undefined }): Promise<TenantPage>;
  /**
   * Makes a tenant that the configuration does not name, or replaces its settings. Whatever is not `created` or
   * `changed` changed nothing; those two count as a revision of `tenants`, so every process reads them anew.
   */
  apply(tenant: { issuer: string; settings: TenantSettings }): Promise<ApplyResult>;
  /** Moves a tenant to another issuer. Tokens and passkeys of the old one stop working: for the trial only. */
  moveIssuer(id: TenantId, issuer: string): Promise<void>;
}
