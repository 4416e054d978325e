import type { Command } from 'commander';
import type { Account, Suspender } from '#src/account/account.ts';
import { accountCounters } from '#src/lockout/account-counters.ts';
import { STRANGERS } from '#src/lockout/ports.ts';
import { requireAccount } from './find-account.ts';
import type { Operations } from './operations.ts';
import { addOperatorOptions, carriedOperator, type OperatorChoice, operatorOf } from './operator-options.ts';
import type { CommandContext } from './program.ts';
import { recordAct } from './record-act.ts';
import { type TenantChoice, tenantOption } from './select-tenant.ts';
import { json, printable } from './terminal.ts';

interface UnblockOptions extends TenantChoice, OperatorChoice {
  json?: true;
}

/** What kept a person out. */
interface Found {
  /** Closed lanes: that of browsers that never signed in to the account, and those of the person's own browsers. */
  blocked: { strangers: boolean; own: number };
  suspendedBy: Suspender | undefined;
  /** Counters that refused at that moment. */
  waits: number;
}

const help = `
Opens what wrong tries closed, ends the waits for this person, and lifts "this was not me", whoever said it. Be sure of who
asks for it: ask for something that only the person knows. Password and second step stay as they are. A notice goes
to every number and address that was proved.

Example:
  $ poortwachter user unblock j.jansen --reason "called back on the number in the personnel file"
`;

/** `user unblock`. */
export function addUnblock(group: Command, { terminal, reach }: CommandContext): void {
  const command = group
    .command('unblock')
    .argument('<login-name>')
    .description('let a person try again whom wrong tries or "this was not me" keep out');
  addOperatorOptions(command)
    .addOption(tenantOption())
    .option('--json', 'for programs')
    .addHelpText('after', help)
    .action(async (loginName: string, options: UnblockOptions) => {
      const operator = operatorOf(options);
      const run = async (operations: Operations): Promise<void> => {
        const account = await requireAccount(operations, loginName);
        const found = await unblock(operations, account);
        const changed = isSomething(found);
        await recordAct(operations, operator, (context) =>
          operations.events.unblocked(context, { account: account.id, changed }),
        );
        const shown = {
          changed,
          loginName: account.loginName,
          ...found,
          suspendedBy: found.suspendedBy ?? null,
        };
        terminal.stdout.write(options.json ? json(shown) : textOf(account, found));
      };
      await reach.withTenant(options.tenant, run, { extra: carriedOperator(operator), stdin: '' });
    });
}

function isSomething({ blocked, suspendedBy, waits }: Found): boolean {
  return blocked.strangers || blocked.own > 0 || suspendedBy !== undefined || waits > 0;
}

async function unblock(operations: Operations, { id }: Account): Promise<Found> {
  const { tenant, accounts, people, clock } = operations;
  const [lanes, standing, methods] = await Promise.all([
    people.lanes.list(tenant.id, id),
    accounts.findStanding(tenant.id, id),
    people.methodKinds(),
  ]);
  const closed = lanes.filter(({ blockedAt }) => blockedAt !== undefined);
  const counters = accountCounters({ accountId: id, lanes: lanes.map(({ lane }) => lane), methods }).map(
    ({ counter }) => counter,
  );
  const held = await people.throttle.read(tenant.id, counters, clock.now());
  const found: Found = {
    blocked: {
      strangers: closed.some(({ lane }) => lane === STRANGERS),
      own: closed.filter(({ lane }) => lane !== STRANGERS).length,
    },
    suspendedBy: standing?.suspendedBy,
    waits: held.filter(({ until }) => until !== undefined).length,
  };
  await people.lanes.unblock(tenant.id, id);
  if (found.suspendedBy !== undefined) {
    // What a stranger was just beginning when it was said would go on living as soon as it is lifted.
    await operations.endAccount(id);
    await accounts.setSuspended(tenant.id, id, undefined);
  }
  await people.throttle.settle(tenant.id, { clear: counters.map(({ key }) => key), giveBack: [] });
  if (isSomething(found)) await people.tell(id, 'unblocked');
  return found;
}

function textOf({ loginName, disabledAt }: Account, found: Found): string {
  const name = printable(loginName);
  const { blocked, suspendedBy, waits } = found;
  const done = [
    ...(blocked.strangers ? ['Sign-in by browsers new to this account was blocked: open again.'] : []),
    ...(blocked.own > 0 ? [`${countOf(blocked.own, 'browser')} of the person’s own: open again.`] : []),
    ...(suspendedBy === undefined ? [] : [suspensionLifted[suspendedBy]]),
    ...(waits > 0 ? [`${countOf(waits, 'wait')} after wrong tries: ended.`] : []),
  ];
  const first = done.length === 0 ? [`${name} was not blocked.`] : [`${name} may try again.`, ...done];
  const next = [
    ...(disabledAt === undefined
      ? []
      : [`The account is disabled: \`user enable ${name}\` lets the person in.`]),
    ...(done.length === 0
      ? [`\`user explain ${name}\` tells what else there may be.`]
      : ['A notice goes to every number and address that the person proved.']),
  ];
  return `${[...first, ...next].join('\n')}\n`;
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

const suspensionLifted: Record<Suspender, string> = {
  person: 'Somebody at the person’s own address had said "this was not me": lifted.',
  'former-address':
    'Somebody at a replaced address had said "this was not me": lifted. Check with `user show` that the e-mail ' +
    'address is the person’s own: links to a new password go there again.',
};
