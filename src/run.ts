import process from 'node:process';
import { formatFaults } from '#config/check.ts';
import { loadConfig } from '#config/load.ts';
import type { Config } from '#config/settings.ts';
import { AppError } from './errors.ts';
import { type Log, openLog } from './log.ts';
import { serve } from './serve.ts';
import { untilAskedToStop } from './until-asked-to-stop.ts';
import { whenUnexpected } from './when-unexpected.ts';

export interface RunParts {
  onReady: () => void;
  /** Ends the process with exit code 1, at once. */
  onUnexpected: () => void;
}

function refuse(text: string): void {
  process.stderr.write(text);
  process.exitCode = 1;
}

/** Safeguards that are off are on every start's record, not only in somebody's memory. */
function warnOfUnsafe({ unsafe }: Config, log: Log): void {
  const settings = Object.entries(unsafe).flatMap(([name, on]) => (on ? [`unsafe.${name}`] : []));
  if (settings.length > 0) log.warn({ settings }, 'safeguards are switched off');
}

async function serveUntilStopped(config: Config, { onReady, onUnexpected }: RunParts): Promise<void> {
  const log = await openLog(config.log);
  whenUnexpected(log, onUnexpected);
  warnOfUnsafe(config, log);
  // Asked for first: a signal that comes while starting stops what has started.
  const stop = new AbortController();
  const asked = untilAskedToStop().then((signal) => {
    log.info({ signal }, 'stopping');
    stop.abort();
  });
  try {
    await using running = await serve(config, { log, stop: stop.signal });
    onReady();
    log.info({ issuer: config.issuer, port: running.port, managementPort: running.managementPort }, 'ready');
    await asked;
  } catch (failure) {
    // Asked to stop before there was anything to serve: that is a stop like any other.
    if (!stop.signal.aborted || failure !== stop.signal.reason) throw failure;
  }
}

/** Production: configuration from the environment, serves until a signal. What stops the start is told in words. */
export async function run(parts: RunParts): Promise<void> {
  const loaded = loadConfig();
  if (!loaded.ok) return refuse(formatFaults(loaded.faults));
  try {
    await serveUntilStopped(loaded.config, parts);
  } catch (failure) {
    if (!(failure instanceof AppError)) throw failure;
    refuse(`Poortwachter can not start: ${failure.message}\n`);
  }
}
