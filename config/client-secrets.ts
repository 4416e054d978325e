import { type Fault, keyName, type Origin } from './faults.ts';
import { type ReadFile, secretFileText } from './text-file.ts';

/** Clients with their secret files read, and what went wrong. */
export interface ClientSecrets {
  clients: unknown;
  faults: Fault[];
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Puts the text of each client's `client_secret_file` where `client_secret` stands. Looks at settings that no
 * schema has seen yet, so whatever has the wrong shape is left for the schema to refuse.
 */
export function readClientSecrets(clients: unknown, readFile: ReadFile, origin: Origin): ClientSecrets {
  if (!Array.isArray(clients)) return { clients, faults: [] };
  const faults: Fault[] = [];
  const read = clients.map((client: unknown, index): unknown => {
    if (!isGroup(client) || typeof client.client_secret_file !== 'string') return client;
    const fault = (reason: string) => {
      const path = ['clients', index, 'client_secret_file'];
      faults.push({ key: keyName(path), ...origin(path), reason });
      return client;
    };
    if (client.client_secret !== undefined)
      return fault('is given, and so is client_secret: give one of them');
    const file = secretFileText(client.client_secret_file, readFile);
    return file.ok ? { ...client, client_secret: file.text } : fault(file.reason);
  });
  return { clients: read, faults };
}
