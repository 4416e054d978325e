import type { TenantSettings } from '#config/tenant.ts';

/** Identifier of a tenant: a random UUID, fixed at creation, part of every key and every query (ground rule 6). */
export type TenantId = string;

/** One organisation that people sign in for: its identity, its issuer and what its operator decided. */
export interface Tenant {
  id: TenantId;
  /** The operator's short name for it, fixed at creation: lower-case letters, digits and hyphens. */
  key: string;
  /** Its OIDC issuer: scheme, host and port, no trailing slash (`https://login.example`). */
  issuer: string;
  settings: TenantSettings;
}
