import process from 'node:process';
import { createOutbox } from '#adapters/messaging/outbox.ts';
import { formatFaults } from '#config/check.ts';
import type { Config } from '#config/settings.ts';
import { createOutboxRoutes } from '#interactions/dev/outbox.ts';
import { AppError } from '#src/errors.ts';
import { serve } from '#src/serve.ts';
import { untilAskedToStop } from '#src/until-asked-to-stop.ts';
import { announcement } from './announce.ts';
import { openSampleApplication } from './application.ts';
import { seedAccounts } from './seed.ts';
import { type TrialSecrets, trialSecrets } from './trial-secrets.ts';
import { SAMPLE_CLIENT, type TrialPlace, trialConfig, trialOrigins, trialPlace } from './trial-settings.ts';

function say(text: string): void {
  process.stdout.write(text);
}

/** Tells a step while it runs and how long it took. */
async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  say(`  ${name} …`);
  const result = await work();
  say(` ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
  return result;
}

function refuse(text: string): void {
  process.stderr.write(`\n${text.trimEnd()}\n`);
  process.exitCode = 1;
}

async function run(place: TrialPlace, config: Config, secrets: TrialSecrets): Promise<void> {
  const outbox = createOutbox();
  await using running = await step('Opening the embedded stores and the sign-in', () =>
    serve(config, {
      migrateFirst: {},
      issuerMayMove: true,
      extend: (app, frames) => app.use(createOutboxRoutes({ outbox, frames })),
    }),
  );
  const accounts = await step('Making the demo accounts', () =>
    seedAccounts(running.composition, secrets.password),
  );
  const { issuer } = config;
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
  say(announcement({ issuer, sample, password: secrets.password, accounts, dataDir: config.dataDir }));
  await untilAskedToStop();
  say('\n  Stopping …\n');
}

async function start(): Promise<void> {
  const place = trialPlace();
  if ('fault' in place) return refuse(place.fault);
  const secrets = await trialSecrets(place.dataDir);
  const loaded = trialConfig(place, secrets);
  if (!loaded.ok) return refuse(formatFaults(loaded.faults));
  await run(place, loaded.config, secrets);
}

try {
  await start();
} catch (failure) {
  if (!(failure instanceof AppError)) throw failure;
  refuse(`The trial can not start: ${failure.message}`);
}
