import type { Rotation, RotationWish } from '#src/provider/key-operations.ts';
import { usageFailure } from './failure.ts';
import { countDown, moment } from './key-moment.ts';
import type { Operations } from './operations.ts';
import { type Author, authorOf, carriedOperator, type OperatorChoice } from './operator-options.ts';
import type { CommandContext } from './program.ts';
import { recordAct } from './record-act.ts';
import type { TenantChoice } from './select-tenant.ts';
import { json } from './terminal.ts';

/** What `keys rotate` was called with. */
export interface RotateOptions extends TenantChoice, OperatorChoice {
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
  const author = authorOf(options);
  const run = async (operations: Operations): Promise<void> => {
    const { tenant, keys, clock } = operations;
    const rotations = await keys.rotate(tenant.id, { purpose, kind, inHaste: now });
    await record(operations, author, { purpose, rotations, inHaste: now });
    if (now && options.wait) {
      const at = Math.max(...rotations.map(({ signsFrom }) => signsFrom));
      await countDown({ stderr: terminal.stderr, clock }, { at, what: 'the new key signs' });
    }
    const text = rotations.map((rotation) => sentence(rotation, clock.now())).join('');
    terminal.stdout.write(options.json ? json({ rotated: rotations.map(shown) }) : text);
  };
  await reach.withTenant(options.tenant, run, { extra: carriedOperator(author), stdin: '' });
}

/** Those that waited already were made by somebody else's act, which is recorded. */
async function record(
  { tenant, home, trail, events }: Operations,
  author: Author,
  of: { purpose: RotationWish['purpose']; rotations: readonly Rotation[]; inHaste: boolean },
): Promise<void> {
  const { purpose, rotations, inHaste } = of;
  const keys = rotations.filter(({ made }) => made).map(({ id }) => id);
  if (keys.length === 0) return;
  await recordAct({ tenant: purpose === 'signing' ? tenant : home, trail }, author, (context) =>
    events.keysRotated(context, { purpose, keys, inHaste }),
  );
}

function shown({ kind, id, signsFrom, made }: Rotation) {
  return { kind, kid: id, signsFrom: moment(signsFrom), made };
}

function sentence({ kind, id, signsFrom, made }: Rotation, now: number): string {
  const state = signsFrom <= now ? 'signs now' : `is published now and signs from ${moment(signsFrom)}`;
  return made ? `${kind}: ${id} ${state}.\n` : `${kind}: ${id} was waiting already and ${state}.\n`;
}
