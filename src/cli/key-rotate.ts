import type { Rotation, RotationWish } from '#src/provider/key-operations.ts';
import { usageFailure } from './failure.ts';
import { countDown, moment } from './key-moment.ts';
import type { CommandContext } from './program.ts';
import type { TenantChoice } from './select-tenant.ts';
import { json } from './terminal.ts';

/** What `keys rotate` was called with. */
export interface RotateOptions extends TenantChoice {
  now?: true;
  wait: boolean;
  purpose: RotationWish['purpose'];
  kind?: 'ec' | 'rsa' | 'okp';
  json?: true;
}

/** Gives keys a successor; with `--now` waits until it signs. */
export async function rotateKeys({ terminal, reach }: CommandContext, options: RotateOptions): Promise<void> {
  const { purpose, kind, now = false } = options;
  if (purpose === 'cookie' && kind !== undefined)
    throw usageFailure('cookie keys are of one kind; leave --kind out');
  await reach.withTenant(options.tenant, async ({ tenant, keys, clock }) => {
    const rotations = await keys.rotate(tenant.id, { purpose, kind, inHaste: now });
    if (now && options.wait) {
      const at = Math.max(...rotations.map(({ signsFrom }) => signsFrom));
      await countDown({ stderr: terminal.stderr, clock }, { at, what: 'the new key signs' });
    }
    const text = rotations.map((rotation) => sentence(rotation, clock.now())).join('');
    terminal.stdout.write(options.json ? json({ rotated: rotations.map(shown) }) : text);
  });
}

function shown({ kind, id, signsFrom, made }: Rotation) {
  return { kind, kid: id, signsFrom: moment(signsFrom), made };
}

function sentence({ kind, id, signsFrom, made }: Rotation, now: number): string {
  const state = signsFrom <= now ? 'signs now' : `is published now and signs from ${moment(signsFrom)}`;
  return made ? `${kind}: ${id} ${state}.\n` : `${kind}: ${id} was waiting already and ${state}.\n`;
}
