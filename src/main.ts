import process from 'node:process';
import { formatFaults } from '#config/check.ts';
import { loadConfig } from '#config/load.ts';
import { AppError } from './errors.ts';
import { serve } from './serve.ts';
import { untilAskedToStop } from './until-asked-to-stop.ts';

const loaded = loadConfig();
if (loaded.ok) {
  try {
    await using running = await serve(loaded.config);
    const { log } = running.composition;
    log.info({ issuer: loaded.config.issuer, port: running.port }, 'ready');
    log.info({ signal: await untilAskedToStop() }, 'stopping');
  } catch (failure) {
    if (!(failure instanceof AppError)) throw failure;
    process.stderr.write(`poortwachter can not start: ${failure.message}\n`);
    process.exitCode = 1;
  }
} else {
  process.stderr.write(formatFaults(loaded.faults));
  process.exitCode = 1;
}
