import { once } from 'node:events';
import process from 'node:process';
import { createOutbox } from '#adapters/messaging/outbox.ts';
import { formatFaults } from '#config/check.ts';
import { readEnvironment } from '#config/env.ts';
import type { Config } from '#config/settings.ts';
import { createOutboxRoutes } from '#interactions/dev/outbox.ts';
import { AppError } from '#src/errors.ts';
import { type Running, serve } from '#src/serve.ts';
import { announcement } from './announce.ts';
import { openSampleApplication } from './application.ts';
import { localhostFetch } from './loopback.ts';
import { createProgress } from './progress.ts';
import { seedAccounts } from './seed.ts';
import { type TrialSecrets, trialSecrets } from './trial-secrets.ts';
import { SAMPLE_CLIENT, type TrialPlace, trialConfig, trialOrigins, trialPlace } from './trial-settings.ts';
import { prepareTenants, readTrialTenants, seedTenant } from './trial-tenants.ts';

/** Time that requests still running get when the trial stops. */
const LAST_ANSWERS_MS = 500;
const FIRST_ANSWER_MS = 10_000;

interface Trial {
  place: TrialPlace;
  config: Config;
  secrets: TrialSecrets;
  /** Names of tenants beside the one on localhost. */
  names: readonly string[];
  stop: AbortSignal;
}

function refuse(text: string): void {
  process.stderr.write(`\n${text.trimEnd()}\n`);
  process.exitCode = 1;
}

/** A tenant's keys are made when first needed: now, and not while somebody waits for the first page. */
async function prepareKeys(issuer: string): Promise<void> {
  try {
    const address = `${issuer}/.well-known/openid-configuration`;
    const ask = localhostFetch(new URL(issuer)) ?? fetch;
    const signal = AbortSignal.timeout(FIRST_ANSWER_MS);
    const question = { method: 'GET', headers: {}, body: null, redirect: 'manual', signal } as const;
    await (await ask(address, question)).arrayBuffer();
  } catch {
    // An issuer set by hand may be out of reach from here; then the first visitor waits for the keys.
  }
}

/** Browsers open connections that they may need and send nothing on them: nothing to wait for. */
function cutOffLater({ composition, management }: Running): void {
  const cutOff = () => {
    composition.web.closeAllConnections();
    management.closeAllConnections();
  };
  setTimeout(cutOff, LAST_ANSWERS_MS).unref();
}

async function run({ place, config, secrets, names, stop }: Trial): Promise<void> {
  const step = createProgress(process.stdout, stop);
  const outbox = createOutbox();
  await using running = await step('Opening the stores and the sign-in', () =>
    serve(config, {
      migrateFirst: {},
      issuerMayMove: true,
      outbox,
      extend: (app, frames) => app.use(createOutboxRoutes({ outbox, frames })),
    }),
  );
  const { composition } = running;
  const { issuer, dataDir } = config;
  const { sample } = trialOrigins(place);
  const further =
    names.length === 0
      ? []
      : await step('Preparing the further tenants', () => prepareTenants(composition, { ...place, names }));
  await using _sample = await step('Starting the sample application', () =>
    openSampleApplication({
      issuer,
      clientId: SAMPLE_CLIENT,
      clientSecret: secrets.clientSecret,
      port: place.demoPort,
      origin: sample,
      more: further.map(({ site }) => site),
    }),
  );
  const issuers = [issuer, ...further.map(({ site }) => site.issuer)];
  await step('Preparing the signing keys', () => Promise.all(issuers.map(prepareKeys)));
  const { password } = secrets;
  const [accounts, tenants] = await step('Preparing the demo accounts', () =>
    Promise.all([
      seedAccounts(composition, password),
      Promise.all(further.map((tenant) => seedTenant(composition, tenant, password))),
    ]),
  );
  process.stdout.write(announcement({ issuer, sample, password, accounts, dataDir, tenants }));
  if (!stop.aborted) await once(stop, 'abort');
  cutOffLater(running);
}

async function start(stop: AbortSignal): Promise<void> {
  const trialTenants = readTrialTenants(readEnvironment());
  const { place, faults: misplaced } = trialPlace();
  const faults = [...misplaced, ...trialTenants.faults];
  const secrets = await trialSecrets(place.dataDir);
  const loaded = trialConfig(place, secrets);
  if (!loaded.ok) return refuse(formatFaults([...faults, ...loaded.faults]));
  if (faults.length > 0) return refuse(formatFaults(faults));
  await run({ place, config: loaded.config, secrets, names: trialTenants.names, stop });
}

/** Runs the trial until `stop` is aborted; what keeps it from starting is told in a sentence, with exit code 1. */
export async function runTrial(stop: AbortSignal): Promise<void> {
  stop.addEventListener('abort', () => process.stdout.write('\n  Stopping …\n'));
  try {
    await start(stop);
  } catch (failure) {
    if (stop.aborted && failure === stop.reason) return;
    if (!(failure instanceof AppError)) throw failure;
    refuse(`The trial can not start: ${failure.message}`);
  }
}
