import { z } from 'zod';
import { type Environment, readEnvironment } from '#config/env.ts';
import type { Fault } from '#config/faults.ts';
import { type LoadResult, loadConfig } from '#config/load.ts';
import type { RawSettings } from '#config/settings.ts';
import { TOLD_PATH } from './sign-in/told-logout.ts';
import { trialDataDir } from './trial-data-dir.ts';
import type { TrialSecrets } from './trial-secrets.ts';

/** Key of the tenant on localhost. */
export const TRIAL_TENANT = 'voorbeeldorganisatie';

/** Client id of the sample application. */
export const SAMPLE_CLIENT = 'verzuimloket';

/** Where the trial runs: the two ports and the data folder, before anything else is known. */
export interface TrialPlace {
  port: number;
  demoPort: number;
  dataDir: string;
}

const portNumber = z.coerce.number().int().min(1).max(65535);

const demoPortFault: Fault = {
  key: undefined,
  variable: 'DEMO_PORT',
  at: undefined,
  reason: 'must be a port number, 1 to 65535',
};

/**
 * Reads PORT, DEMO_PORT and the data folder. A wrong PORT is left to the configuration, which tells it with its
 * other faults; DEMO_PORT is nobody else's.
 */
export function trialPlace(env: Environment = readEnvironment()): { place: TrialPlace; faults: Fault[] } {
  const port = portNumber.catch(3000).parse(env.PORT);
  const demoPort = portNumber.safeParse(env.DEMO_PORT ?? 3001);
  const place = { port, demoPort: demoPort.data ?? 3001, dataDir: trialDataDir(env) };
  return { place, faults: demoPort.success ? [] : [demoPortFault] };
}

/** Addresses of the trial's two applications. */
export function trialOrigins({ port, demoPort }: TrialPlace) {
  return { issuer: `http://localhost:${port}`, sample: `http://localhost:${demoPort}` };
}

/** Metadata of the sample application at this origin. */
export function sampleClient(origin: string, secret: string) {
  return {
    client_id: SAMPLE_CLIENT,
    client_name: 'Verzuimloket',
    client_secret: secret,
    redirect_uris: [`${origin}/callback`],
    post_logout_redirect_uris: [`${origin}/signed-out`],
    initiate_login_uri: `${origin}/login`,
    backchannel_logout_uri: `${origin}${TOLD_PATH}`,
    backchannel_logout_session_required: true,
    first_party: true,
  };
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
    unsafe: { plainHttp: true },
    tenant: {
      key: TRIAL_TENANT,
      name: 'Voorbeeldorganisatie',
      productName: 'Verzuimloket',
      applicationName: 'Verzuimloket',
      initiateLoginUri: `${sample}/login`,
      helpDesk: { email: 'helpdesk@voorbeeld.example' },
    },
    clients: [sampleClient(sample, secrets.clientSecret)],
  };
}

/** The trial's configuration: made for one machine, and overridden by the environment like any other. */
export function trialConfig(place: TrialPlace, secrets: TrialSecrets): LoadResult {
  return loadConfig({ base: trialBase(place, secrets) });
}
