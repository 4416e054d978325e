import process from 'node:process';
import { formatFaults } from '#config/check.ts';
import { loadConfig } from '#config/load.ts';
import type { Config } from '#config/settings.ts';
import { AppError } from './errors.ts';
import { serve } from './serve.ts';
import { untilAskedToStop } from './until-asked-to-stop.ts';

function refuse(text: string): void {
  process.stderr.write(text);
  process.exitCode = 1;
}

async function serveUntilStopped(config: Config, onReady: () => void): Promise<void> {
  // Asked for first: a signal that comes while starting stops what has started.
  const asked = untilAskedToStop();
  await using running = await serve(config);
  onReady();
  const { log } = running.composition;
  log.info({ issuer: config.issuer, port: running.port, managementPort: running.managementPort }, 'ready');
  log.info({ signal: await asked }, 'stopping');
}

/** Production: configuration from the environment, serves until a signal. What stops the start is told in words. */
export async function run({ onReady }: { onReady: () => void }): Promise<void> {
  const loaded = loadConfig();
  if (!loaded.ok) return refuse(formatFaults(loaded.faults));
  try {
    await serveUntilStopped(loaded.config, onReady);
  } catch (failure) {
    if (!(failure instanceof AppError)) throw failure;
    refuse(`Poortwachter can not start: ${failure.message}\n`);
  }
}
