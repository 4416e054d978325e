import { randomBytes, randomInt } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '#src/errors.ts';

/**
 * What the trial makes for itself on its first start and keeps in its data folder: the master key, the demo
 * accounts' password and the sample application's secret. Each installation has its own, so none is a default.
 */
const schema = z.strictObject({
  masterKey: z.string(),
  password: z.string(),
  clientSecret: z.string(),
});
export type TrialSecrets = z.infer<typeof schema>;

/** Letters and digits that are not taken for one another when typed over from a terminal. */
const READABLE = 'abcdefghjkmnpqrstuvwxyz23456789';

function readablePassword(): string {
  const group = () => Array.from({ length: 4 }, () => READABLE.charAt(randomInt(READABLE.length))).join('');
  return [group(), group(), group()].join('-');
}

function makeSecrets(): TrialSecrets {
  return {
    masterKey: randomBytes(32).toString('base64'),
    password: readablePassword(),
    clientSecret: randomBytes(32).toString('base64url'),
  };
}

/** Leaves a file that is there alone: of two first starts one writes, and both read what is there. */
async function keepFirst(path: string, content: string): Promise<void> {
  try {
    await writeFile(path, content, { mode: 0o600, flag: 'wx' });
  } catch (failure) {
    if (!(failure instanceof Error && 'code' in failure && failure.code === 'EEXIST')) throw failure;
  }
}

async function readOrMake(dataDir: string, path: string): Promise<string> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await keepFirst(path, `${JSON.stringify(makeSecrets(), null, 2)}\n`);
    return await readFile(path, 'utf8');
  } catch (cause) {
    const sentence = `the data folder ${dataDir} can not be read or written`;
    throw new AppError('data-not-writable', 500, sentence, { cause });
  }
}

/**
 * The trial's secrets, made when there are none. Throws AppError `data-not-writable` naming the folder, and
 * `internal` naming the file when something else stands in it.
 */
export async function trialSecrets(dataDir: string): Promise<TrialSecrets> {
  const path = join(dataDir, 'trial.json');
  const text = await readOrMake(dataDir, path);
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    // Without its cause, which would repeat what stands in the file.
    const sentence = `${path} is damaged; put it back, or remove the folder ${dataDir} to start afresh`;
    throw new AppError('internal', 500, sentence);
  }
}
