import { once } from 'node:events';
import { createServer } from 'node:net';
import { openSampleApplication } from '../../demo/application.ts';
import type { SampleLogEntry } from '../../demo/log.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';
import { CLIENT, openStandInProvider, type StandInProvider } from './stand-in-provider.ts';

/** Claims of a person with a role. The accents and the markup in them are there on purpose. */
export const CLAIMS = {
  name: 'Medewerker 014',
  preferred_username: 'medewerker-014',
  email: 'medewerker-014@organisatie.example',
  email_verified: true,
  tenant: 'proef',
  roles: ['verzuim-coördinator', '<b>hr</b>'],
} as const;

/** The sample application and a provider for it, both on ports of their own. */
export interface Stage extends AsyncDisposable {
  origin: string;
  provider: StandInProvider;
  clock: TestClock;
  log: SampleLogEntry[];
}

export interface StageOptions {
  claims?: Record<string, unknown>;
  accountPage?: string;
  /** Host name of the issuer. */
  host?: string;
}

/** Opens a stage. The clock is the application's and starts at the real time, as tokens are dated by it. */
export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const [applicationPort, providerPort] = [await freePort(), await freePort()];
  const origin = `http://localhost:${applicationPort}`;
  const clock = createTestClock(Date.now());
  const log: SampleLogEntry[] = [];
  const provider = await openStandInProvider({
    claims: CLAIMS,
    ...options,
    port: providerPort,
    clientOrigin: origin,
  });
  const application = await openSampleApplication({
    issuer: provider.issuer,
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    port: applicationPort,
    origin,
    clock,
    log: (entry) => log.push(entry),
  });
  return {
    origin,
    provider,
    clock,
    log,
    async [Symbol.asyncDispose]() {
      await application[Symbol.asyncDispose]();
      await provider[Symbol.asyncDispose]();
    },
  };
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
