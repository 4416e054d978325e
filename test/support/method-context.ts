import { randomUUID } from 'node:crypto';
import type { MethodContext } from '#src/sign-in/factor.ts';
import { tenantSettings } from './tenants.ts';

/** A person in the middle of a sign-in at a tenant of their own, with what a test wants different. */
export function methodContext(changes: Partial<MethodContext> = {}): MethodContext {
  return {
    tenant: {
      id: randomUUID(),
      key: 'noord',
      issuer: 'https://login.noord.example',
      settings: tenantSettings('noord'),
    },
    accountId: randomUUID(),
    loginName: 'j.devries',
    interaction: randomUUID(),
    locale: 'nl',
    address: '192.0.2.7',
    now: Date.UTC(2026, 0, 15, 9, 0, 0),
    ...changes,
  };
}
