import { z } from 'zod';
import { runChild } from './child.ts';
import { createSecondDatabase } from './database.ts';
import type { Ground } from './installation.ts';
import type { Bench } from './measure.ts';

/** Events that arrive in a second. */
const RATE = 500;

const answer = z.object({
  perSecond: z.number(),
  slowestMs: z.number(),
  signInCpuMs: z.number(),
  signInWallMs: z.number(),
});

/** Whether the audit log keeps pace, and what a sign-in's records cost. */
export async function measureAudit(ground: Ground, { options, results, signal }: Bench): Promise<void> {
  const { url, tenantId } = await createSecondDatabase(ground.serverUrl, ground.database, 'audit');
  const [seconds, signIns] = options.quick ? [3, 400] : [15, 4_000];
  const asked = [url, tenantId, ...[RATE, seconds, signIns].map(String)];
  results.audit = answer.parse(await runChild('./audit-process.ts', asked, { signal }));
}
