import type { Command } from 'commander';
import type { SettingsSource, StoredTenant, TenantPage } from '#src/tenant/ports.ts';
import { countUpTo, MOST_PER_PAGE } from './count-argument.ts';
import type { Operations } from './operations.ts';
import { addOperatorOptions } from './operator-options.ts';
import type { CommandContext } from './program.ts';
import { requireTenant } from './select-tenant.ts';
import { applyTenant, type TenantApplyOptions } from './tenant-apply.ts';
import { json, printable, properties, table } from './terminal.ts';

const applyExamples = `
The file is YAML: issuer, key, and the settings that "tenant" has in a settings file. It holds all of them; what is
left out takes its default again. Every process takes a change up within 10 seconds. An issuer never moves.

Example:
  $ poortwachter tenant apply --file noord.yaml
`;

/** `tenant apply|list|show`. */
export function addTenantCommands(program: Command, context: CommandContext): void {
  const group = program.command('tenant').description('organisations that people sign in for');
  const apply = group
    .command('apply')
    .description('add an organisation, or replace the settings of one')
    .requiredOption('--file <path>', 'YAML that describes it; - reads standard input');
  addOperatorOptions(apply, { reason: 'optional' })
    .option('--json', 'for programs')
    .addHelpText('after', applyExamples)
    .action((options: TenantApplyOptions) => applyTenant(context, options));
  addList(group, context);
  addShow(group, context);
}

const sourceWords = {
  configuration: 'configuration',
  row: 'database',
  unfit: 'database, do not fit',
} as const satisfies Record<SettingsSource['from'], string>;

/** A tenant for programs. `settings` is null while it is unknown: another configuration's, or unfit. */
function shownTenant({ tenant }: Operations, { key, issuer, source }: StoredTenant) {
  const configured = key === tenant.key ? tenant.settings : undefined;
  const known = source.from === 'row' ? source.settings : configured;
  const { key: _shown, ...settings } = known ?? { key };
  return {
    key,
    issuer,
    source: source.from === 'configuration' ? 'configuration' : 'database',
    faults: source.from === 'unfit' ? source.faults : [],
    settings: known === undefined ? null : settings,
  };
}

function nameOf({ tenant }: Operations, { key, source }: StoredTenant): string {
  if (source.from === 'row') return source.settings.name;
  return key === tenant.key ? tenant.settings.name : '';
}

function listText(operations: Operations, { tenants, next }: TenantPage): string {
  const rows = tenants.map((stored) => [
    stored.key,
    nameOf(operations, stored),
    stored.issuer,
    sourceWords[stored.source.from],
  ]);
  const more = next === undefined ? '' : `\nThere are more: add --after ${printable(next)}\n`;
  return table(['KEY', 'NAME', 'ISSUER', 'SETTINGS IN'], rows) + more;
}

function addList(group: Command, { terminal, reach }: CommandContext): void {
  group
    .command('list')
    .description('list the organisations by key')
    .option('--limit <count>', `most to list, up to ${MOST_PER_PAGE}`, countUpTo(MOST_PER_PAGE), 100)
    .option('--after <key>', 'go on after this one')
    .option('--json', 'for programs')
    .addHelpText('after', '\nExample:\n  $ poortwachter tenant list --json\n')
    .action((options: { limit: number; after?: string; json?: true }) =>
      reach.withOperations(async (operations) => {
        const page = await operations.tenants.list(options);
        const tenants = page.tenants.map((stored) => shownTenant(operations, stored));
        const shown = { tenants, next: page.next ?? null };
        terminal.stdout.write(options.json ? json(shown) : listText(operations, page));
      }),
    );
}

/** Settings as dotted names and values, in the schema's order. */
function* lines(branch: object, path = ''): Generator<[string, string]> {
  for (const [name, value] of Object.entries(branch)) {
    if (typeof value === 'object' && value !== null) yield* lines(value, `${path}${name}.`);
    else yield [`${path}${name}`, String(value)];
  }
}

function showText(operations: Operations, stored: StoredTenant): string {
  const { settings, faults } = shownTenant(operations, stored);
  return properties([
    ['key', stored.key],
    ['issuer', stored.issuer],
    ['settings in', sourceWords[stored.source.from]],
    ...faults.map((fault): [string, string] => ['fault', fault]),
    ...lines(settings ?? {}),
  ]);
}

function addShow(group: Command, { terminal, reach }: CommandContext): void {
  group
    .command('show')
    .argument('<key>')
    .description('show one organisation with its settings')
    .option('--json', 'for programs')
    .addHelpText('after', '\nExample:\n  $ poortwachter tenant show noord\n')
    .action((key: string, options: { json?: true }) =>
      reach.withOperations(async (operations) => {
        const stored = await requireTenant(operations, key);
        terminal.stdout.write(
          options.json ? json(shownTenant(operations, stored)) : showText(operations, stored),
        );
      }),
    );
}
