import { mkdirSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { untilAskedToStop } from '#src/until-asked-to-stop.ts';
import { trialDataDir } from './trial-data-dir.ts';

/** Time that a stop may take altogether. What is cut off then is as safe as after a power cut. */
const STOP_MS = 1_800;

/** Keeps compiled code in the data folder: it saves later starts a sixth of their time. Without it all works the same. */
function keepCompiledCode(): void {
  const folder = join(trialDataDir(), 'compiled');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    enableCompileCache(folder);
  } catch {
    // A folder that can't be made is told in a moment, with what it is needed for.
  }
}

// Before anything is loaded, so that Ctrl-C is heard from the first moment on.
const stop = new AbortController();
untilAskedToStop().then(() => {
  stop.abort();
  setTimeout(() => process.exit(), STOP_MS).unref();
});
keepCompiledCode();
const { runTrial } = await import('./run-trial.ts');
await runTrial(stop.signal);
// A step that was under way when it was asked to stop would go on to its end.
if (stop.signal.aborted) process.exit();
