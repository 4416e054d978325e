import { z } from 'zod';
import { type Environment, readEnvironment } from '#config/env.ts';
import { type LoadResult, loadConfig } from '#config/load.ts';
import type { RawSettings } from '#config/settings.ts';
import type { TrialSecrets } from './trial-secrets.ts';

/** Client id of the sample application. */
export const SAMPLE_CLIENT = 'verzuimloket';

/** Where the trial runs: the two ports and the data folder, before anything else is known. */
export interface TrialPlace {
  port: number;
  demoPort: number;
  dataDir: string;
}

const portNumber = z.coerce.number().int().min(1).max(65535);

/** Reads PORT, DEMO_PORT and the data folder. A value that is no port is told by its variable. */
export function trialPlace(env: Environment = readEnvironment()): TrialPlace | { fault: string } {
  const port = portNumber.safeParse(env.PORT ?? 3000);
  const demoPort = portNumber.safeParse(env.DEMO_PORT ?? 3001);
  if (!port.success) return { fault: 'PORT must be a port number' };
  if (!demoPort.success) return { fault: 'DEMO_PORT must be a port number' };
  return { port: port.data, demoPort: demoPort.data, dataDir: env.POORTWACHTER_DATA_DIR ?? 'data' };
}

/** Addresses of the trial's two applications. */
export function trialOrigins({ port, demoPort }: TrialPlace) {
  return { issuer: `http://localhost:${port}`, sample: `http://localhost:${demoPort}` };
}

function trialBase(place: TrialPlace, secrets: TrialSecrets): RawSettings {
  const { issuer, sample } = trialOrigins(place);
  return {
    issuer,
    listen: { port: place.port, address: 'localhost' },
    management: { address: 'localhost' },
    database: { store: 'embedded' },
    redis: { store: 'memory' },
    dataDir: place.dataDir,
    masterKey: secrets.masterKey,
    log: { level: 'warn', format: 'pretty' },
    tenant: {
      key: 'default',
      name: 'Voorbeeldorganisatie',
      productName: 'Verzuimloket',
      applicationName: 'Verzuimloket',
      initiateLoginUri: `${sample}/login`,
      helpDesk: { email: 'helpdesk@voorbeeld.example' },
    },
    clients: [
      {
        client_id: SAMPLE_CLIENT,
        client_name: 'Verzuimloket',
        client_secret: secrets.clientSecret,
        redirect_uris: [`${sample}/callback`],
        post_logout_redirect_uris: [`${sample}/signed-out`],
        initiate_login_uri: `${sample}/login`,
        first_party: true,
      },
    ],
  };
}

/** The trial's configuration: made for one machine, and overridden by the environment like any other. */
export function trialConfig(place: TrialPlace, secrets: TrialSecrets): LoadResult {
  return loadConfig({ base: trialBase(place, secrets) });
}
