import { once } from 'node:events';
import process from 'node:process';
import { createOutbox } from '#adapters/messaging/outbox.ts';
import { formatFaults } from '#config/check.ts';
import type { Config } from '#config/settings.ts';
import { createOutboxRoutes } from '#interactions/dev/outbox.ts';
import { AppError } from '#src/errors.ts';
import { type Running, serve } from '#src/serve.ts';
import { announcement } from './announce.ts';
import { openSampleApplication } from './application.ts';
import { createProgress } from './progress.ts';
import { seedAccounts } from './seed.ts';
import { type TrialSecrets, trialSecrets } from './trial-secrets.ts';
import { SAMPLE_CLIENT, type TrialPlace, trialConfig, trialOrigins, trialPlace } from './trial-settings.ts';

/** Time that requests still running get when the trial stops. */
const LAST_ANSWERS_MS = 500;
const FIRST_ANSWER_MS = 10_000;

interface Trial {
  place: TrialPlace;
  config: Config;
  secrets: TrialSecrets;
  stop: AbortSignal;
}

function refuse(text: string): void {
  process.stderr.write(`\n${text.trimEnd()}\n`);
  process.exitCode = 1;
}

/** A tenant's keys are made when first needed: now, and not while somebody waits for the first page. */
async function prepareKeys(issuer: string): Promise<void> {
  try {
    const signal = AbortSignal.timeout(FIRST_ANSWER_MS);
    await (await fetch(`${issuer}/.well-known/openid-configuration`, { signal })).arrayBuffer();
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

async function run({ place, config, secrets, stop }: Trial): Promise<void> {
  const step = createProgress(process.stdout, stop);
  const outbox = createOutbox();
  await using running = await step('Opening the stores and the sign-in', () =>
    serve(config, {
      migrateFirst: {},
      issuerMayMove: true,
      extend: (app, frames) => app.use(createOutboxRoutes({ outbox, frames })),
    }),
  );
  const { issuer, dataDir } = config;
  const { sample } = trialOrigins(place);
  await using _sample = await step('Starting the sample application', () =>
    openSampleApplication({
      issuer,
      clientId: SAMPLE_CLIENT,
      clientSecret: secrets.clientSecret,
      port: place.demoPort,
      origin: sample,
    }),
  );
  await step('Preparing the signing keys', () => prepareKeys(issuer));
  const accounts = await step('Preparing the demo accounts', () =>
    seedAccounts(running.composition, secrets.password),
  );
  process.stdout.write(announcement({ issuer, sample, password: secrets.password, accounts, dataDir }));
  if (!stop.aborted) await once(stop, 'abort');
  cutOffLater(running);
}

async function start(stop: AbortSignal): Promise<void> {
  const { place, faults } = trialPlace();
  const secrets = await trialSecrets(place.dataDir);
  const loaded = trialConfig(place, secrets);
  if (!loaded.ok) return refuse(formatFaults([...faults, ...loaded.faults]));
  if (faults.length > 0) return refuse(formatFaults(faults));
  await run({ place, config: loaded.config, secrets, stop });
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
