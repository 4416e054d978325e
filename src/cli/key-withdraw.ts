import { createInterface } from 'node:readline';
import type { Withdrawal } from '#src/provider/key-operations.ts';
import { CommandFailure, usageFailure } from './failure.ts';
import { countDown, moment } from './key-moment.ts';
import type { Operations } from './operations.ts';
import { authorOf, carriedOperator, type OperatorChoice } from './operator-options.ts';
import type { CommandContext } from './program.ts';
import { recordAct } from './record-act.ts';
import type { TenantChoice } from './select-tenant.ts';
import { json, printable, type Terminal } from './terminal.ts';

/** What `keys withdraw` was called with. */
export interface WithdrawOptions extends TenantChoice, OperatorChoice {
  yes?: true;
  wait: boolean;
  json?: true;
}

type Withdrawn = Extract<Withdrawal, { result: 'withdrawn' }>;

/** Asks, takes a key away, and waits until it is worth nothing. */
export async function withdrawKey(
  { terminal, reach }: CommandContext,
  kid: string,
  options: WithdrawOptions,
): Promise<void> {
  const author = authorOf(options);
  if (!options.yes) await confirm(terminal, kid);
  const run = async ({ tenant, home, keys, clock, trail, events }: Operations): Promise<void> => {
    const done = withdrawnOrFailure(await keys.withdraw(tenant.id, kid));
    const { purpose, successor } = done;
    await recordAct({ tenant: purpose === 'signing' ? tenant : home, trail }, author, (context) =>
      events.keyWithdrawn(context, { purpose, key: kid, successor: successor?.id }),
    );
    if (options.wait) {
      await countDown({ stderr: terminal.stderr, clock }, { at: done.at, what: 'the key is withdrawn' });
    }
    terminal.stdout.write(options.json ? json(shown(kid, done)) : told(kid, done, clock.now()));
  };
  // Asked on this side; another process does as it was told.
  const carried = { extra: ['--yes', ...carriedOperator(author)], stdin: '' };
  await reach.withTenant(options.tenant, run, carried);
}

async function confirm({ stdin, stderr }: Terminal, kid: string): Promise<void> {
  if (stdin.isTTY !== true) throw usageFailure('say --yes to withdraw a key without being asked');
  stderr.write(
    `What ${printable(kid)} signed is accepted no longer, and that can't be undone. Withdraw it? (yes/no) `,
  );
  const reader = createInterface({ input: stdin });
  const answer = await new Promise<string>((resolve) => {
    reader.once('line', resolve);
    reader.once('close', () => resolve(''));
  });
  reader.close();
  if (answer.trim() !== 'yes') throw new CommandFailure('nothing was changed');
}

function withdrawnOrFailure(withdrawal: Withdrawal): Withdrawn {
  switch (withdrawal.result) {
    case 'unknown':
      throw new CommandFailure('neither this tenant nor the installation has a key with this kid');
    case 'digest':
      throw new CommandFailure(
        'the digest key is never withdrawn: it signs nothing, and without it nobody is found by e-mail address',
      );
    case 'over':
      throw new CommandFailure(
        withdrawal.role === 'ended'
          ? `this key is worth nothing since ${moment(withdrawal.at)}`
          : `this key was withdrawn already, as of ${moment(withdrawal.at)}`,
      );
    case 'withdrawn':
      return withdrawal;
  }
}

function shown(kid: string, { purpose, kind, role, at, successor }: Withdrawn) {
  const next = successor === undefined ? null : { kid: successor.id, signsFrom: moment(successor.signsFrom) };
  return { kid, purpose, kind, role, withdrawnAt: moment(at), successor: next };
}

/** What no longer works. */
function consequence({ purpose, role }: Withdrawn): string {
  if (role === 'next') return 'It has signed nothing, so nothing stops working.';
  if (purpose === 'cookie') return 'Whoever has a session cookie that it signed signs in again.';
  return (
    'ID tokens and signed userinfo that it signed are accepted no longer, as soon as an application reads the keys ' +
    'again; nor are they as hints here. Sessions, access tokens and refresh tokens go on.'
  );
}

function told(kid: string, done: Withdrawn, now: number): string {
  const { at, successor } = done;
  const lines = [
    `${printable(kid)} ${at <= now ? 'is withdrawn' : `will be withdrawn at ${moment(at)}`}.`,
    consequence(done),
  ];
  if (successor !== undefined) {
    const state = successor.signsFrom <= now ? 'signs now' : `signs from ${moment(successor.signsFrom)}`;
    lines.push(`${successor.id} ${state}.`);
  }
  return `${lines.join('\n')}\n`;
}
