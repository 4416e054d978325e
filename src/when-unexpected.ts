import process from 'node:process';
import type { Log } from './log.ts';

/**
 * Calls `end`, which ends the process, when something was thrown where nobody catches it: what it left half done is
 * unknown, and a process that nobody trusts must not sign people in (ground rule 2). One line says why; whatever
 * starts processes starts another. Rejections that nobody handles arrive here too (Node's default).
 */
export function whenUnexpected(log: Log, end: () => void): void {
  process.on('uncaughtException', (err: unknown, origin) => {
    log.error({ err, origin }, 'unexpected failure: ending');
    end();
  });
}
