import { type Environment, readEnvironment } from '#config/env.ts';

/** The folder in which a trial keeps everything. */
export function trialDataDir(env: Environment = readEnvironment()): string {
  return env.POORTWACHTER_DATA_DIR || 'data';
}
