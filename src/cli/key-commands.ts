import { type Command, Option } from 'commander';
import type { KeyFacts } from '#src/provider/key-operations.ts';
import { moment } from './key-moment.ts';
import { type RotateOptions, rotateKeys } from './key-rotate.ts';
import { type WithdrawOptions, withdrawKey } from './key-withdraw.ts';
import { addOperatorOptions } from './operator-options.ts';
import type { CommandContext } from './program.ts';
import { type TenantChoice, tenantOption } from './select-tenant.ts';
import { json, table } from './terminal.ts';

const rotateHelp = `
The successor is published at once. Without --now it signs after the overlap (keys.overlapHours), so that every
application has read it by then; with --now after 15 seconds, in which every process learns of it. What the key before
it signed is accepted for the overlap after that. Keys also roll by themselves (keys.rollDays). The digest key never
rolls: it is what e-mail addresses are found by, and they would not be found any more.

Examples:
  $ poortwachter keys rotate
  $ poortwachter keys rotate --now --kind ec
  $ poortwachter keys rotate --purpose cookie
`;

const withdrawHelp = `
For a key that somebody else may know. What it signed is worth nothing from then on. A key that signs gets a successor
first and is withdrawn 15 seconds later, when every process knows that; others are withdrawn at once.

Example:
  $ poortwachter keys withdraw 2hVmJkq0Xr5fZ1aB
`;

/** `keys list|rotate|withdraw`. Gives the group, for the commands on keys that live elsewhere. */
export function addKeyCommands(program: Command, context: CommandContext): Command {
  const group = program.command('keys').description('keys that sign tokens and cookies');
  addList(group, context);
  addRotate(group, context);
  addWithdraw(group, context);
  return group;
}

function addRotate(group: Command, context: CommandContext): void {
  const command = group
    .command('rotate')
    .description('give keys a successor before their time')
    .option('--now', 'let it sign in 15 seconds instead of after the overlap')
    .option('--no-wait', 'with --now: do not wait until it signs')
    .addOption(
      new Option('--purpose <purpose>', 'which keys').choices(['signing', 'cookie']).default('signing'),
    )
    .addOption(new Option('--kind <kind>', 'only signing keys of this kind').choices(['ec', 'rsa', 'okp']));
  addOperatorOptions(command, { reason: 'optional' })
    .addOption(tenantOption())
    .option('--json', 'for programs')
    .addHelpText('after', rotateHelp)
    .action((options: RotateOptions) => rotateKeys(context, options));
}

function addWithdraw(group: Command, context: CommandContext): void {
  const command = group
    .command('withdraw')
    .argument('<kid>', 'as `keys list` shows it')
    .description('take a key away: what it signed is accepted no longer')
    .option('--yes', 'do not ask')
    .option('--no-wait', 'do not wait until it is withdrawn');
  addOperatorOptions(command, { reason: 'optional' })
    .addOption(tenantOption())
    .option('--json', 'for programs')
    .addHelpText('after', withdrawHelp)
    .action((kid: string, options: WithdrawOptions) => withdrawKey(context, kid, options));
}

function addList(group: Command, { terminal, reach }: CommandContext): void {
  group
    .command('list')
    .description("list a tenant's keys and the installation's, never their secrets")
    .option('--all', 'also those that are worth nothing any more')
    .addOption(tenantOption())
    .option('--json', 'for programs')
    .addHelpText('after', '\nExample:\n  $ poortwachter keys list --json\n')
    .action((options: TenantChoice & { all?: true; json?: true }) =>
      reach.withTenant(options.tenant, async ({ tenant, keys }) => {
        const known = await keys.list(tenant.id);
        const shown = options.all
          ? known
          : known.filter(({ role }) => role !== 'ended' && role !== 'withdrawn');
        terminal.stdout.write(options.json ? json({ keys: shown.map(shownKey) }) : listText(shown));
      }),
    );
}

function shownKey({ id, purpose, kind, role, since, until }: KeyFacts) {
  const end = until === undefined ? null : moment(until);
  return { kid: id, purpose, kind, role, since: moment(since), until: end };
}

function listText(keys: readonly KeyFacts[]): string {
  if (keys.length === 0) return 'None yet: they are made when they are first needed.\n';
  const rows = keys
    .map(shownKey)
    .map((key) => [key.kid, key.purpose, key.kind, key.role, key.since, key.until ?? '']);
  return table(['KID', 'PURPOSE', 'KIND', 'ROLE', 'SINCE', 'UNTIL'], rows);
}
