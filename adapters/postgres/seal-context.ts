import type { StoredKey } from '#src/provider/ports.ts';

/** What a sealed value is and whose: it opens in no other place (ports.ts of src/secret). */
export const sealContext = {
  account: (tenantId: string, id: string, column: 'email' | 'phone') => `account:${tenantId}:${id}:${column}`,
  factor: (tenantId: string, id: string) => `factor:${tenantId}:${id}`,
  formerEmail: (tenantId: string, linkId: string) => `mail-link:${tenantId}:${linkId}:former-email`,
  message: (tenantId: string, id: string) => `message:${tenantId}:${id}`,
  clientSecret: (tenantId: string, clientId: string) => `client:${tenantId}:${clientId}:secret`,
  key: ({ id, purpose, tenantId }: Pick<StoredKey, 'id' | 'purpose' | 'tenantId'>) =>
    `key:${purpose}:${tenantId ?? 'installation'}:${id}`,
} as const;
