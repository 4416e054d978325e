import type { ClientMetadata } from 'oidc-provider';
import type { ConfiguredClient } from '#config/client.ts';
import { forProvider } from './client-metadata.ts';

/** Clients of the configuration file as oidc-provider takes them; the one place where their secrets are revealed. */
export function configuredClients(clients: readonly ConfiguredClient[]): ClientMetadata[] {
  return clients.map(({ metadata, secret }) =>
    forProvider({ ...metadata, ...(secret === undefined ? {} : { client_secret: secret.reveal() }) }),
  );
}
