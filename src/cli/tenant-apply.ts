import { formatFaults } from '#config/check.ts';
import { type DescribedTenant, readTenantFile } from '#config/tenant-file.ts';
import { type FileText, fileText, readTextFile } from '#config/text-file.ts';
import type { ApplyResult } from '#src/tenant/ports.ts';
import { CommandFailure } from './failure.ts';
import type { Operations } from './operations.ts';
import { type Author, authorOf, carriedOperator, type OperatorChoice } from './operator-options.ts';
import type { CommandContext } from './program.ts';
import { recordAct } from './record-act.ts';
import { json, readAll, type Terminal } from './terminal.ts';

/** What `tenant apply` was called with. */
export interface TenantApplyOptions extends OperatorChoice {
  file: string;
  json?: true;
}

/**
 * Adds a tenant, or replaces the settings of one. Every fault of the file is told with its line before anything is
 * opened, then everything that this installation can't keep, so a file with faults changes nothing.
 */
export async function applyTenant(
  { terminal, reach }: CommandContext,
  options: TenantApplyOptions,
): Promise<void> {
  const author = authorOf(options);
  const tenant = await described(options.file, terminal);
  const apply = async (operations: Operations): Promise<void> => {
    if (tenant.issuer.startsWith('http:') && !operations.plainHttp) {
      throw new CommandFailure('the issuer must be https; unsafe.plainHttp allows http, for trials only');
    }
    await refuseImpossible(operations, tenant, terminal);
    const result = done(tenant, await operations.tenants.apply(tenant));
    await record(operations, author, result);
    const { key, ...settings } = tenant.settings;
    const shown = { outcome: result.kind, tenant: { key, issuer: tenant.issuer, settings } };
    terminal.stdout.write(options.json ? json(shown) : sentences[result.kind](tenant));
  };
  // The file was read on this side; JSON is YAML too. Of two --file the last one counts.
  const { issuer, settings } = tenant;
  const carried = {
    extra: ['--file', '-', ...carriedOperator(author)],
    stdin: JSON.stringify({ issuer, ...settings }),
  };
  await reach.withOperations(apply, carried);
}

/** In the tenant's own log. What has these settings already was not changed by anybody. */
async function record({ trail, events }: Operations, author: Author, { kind, tenant }: Done): Promise<void> {
  if (kind === 'unchanged') return;
  await recordAct({ tenant, trail }, author, (context) =>
    events.tenantApplied(context, { tenant: tenant.key, change: kind }),
  );
}

async function described(file: string, terminal: Terminal): Promise<DescribedTenant> {
  const text: FileText =
    file === '-' ? { ok: true, text: await readAll(terminal.stdin) } : fileText(file, readTextFile);
  const read = readTenantFile(file === '-' ? 'standard input' : file, text);
  if (read.ok) return read.tenant;
  if (!text.ok) throw new CommandFailure(text.reason);
  terminal.stderr.write(formatFaults(read.faults, 'The tenant'));
  throw new CommandFailure('');
}

/** People of a tenant that wants what nobody here can do would find out at their second step. */
async function refuseImpossible(
  operations: Operations,
  { settings }: DescribedTenant,
  { stderr }: Terminal,
): Promise<void> {
  const faults = await operations.policyFaults(settings);
  if (faults.length === 0) return;
  const nowhere = { variable: undefined, at: undefined };
  stderr.write(
    formatFaults(
      faults.map((fault) => ({ ...fault, ...nowhere })),
      'The tenant',
    ),
  );
  throw new CommandFailure('');
}

type Done = Extract<ApplyResult, { tenant: unknown }>;

function done({ issuer, settings: { key } }: DescribedTenant, result: ApplyResult): Done {
  switch (result.kind) {
    case 'issuer-fixed':
      throw new CommandFailure(
        `tenant ${key} belongs to ${result.issuer} and never moves; give ${issuer} a tenant key of its own`,
      );
    case 'issuer-taken':
      throw new CommandFailure(`another tenant has the issuer ${issuer}, or its host`);
    case 'configured':
      throw new CommandFailure(`tenant ${key} has its settings in the configuration; change them there`);
    default:
      return result;
  }
}

const sentences: Record<Done['kind'], (tenant: DescribedTenant) => string> = {
  created: ({ issuer, settings: { key } }) =>
    `Created ${key}. ${issuer} is answered within 10 seconds; add people and applications with --tenant ${key}.\n`,
  changed: ({ settings: { key } }) => `Changed ${key}. Every process takes it up within 10 seconds.\n`,
  unchanged: ({ settings: { key } }) => `Nothing to change: ${key} has these settings already.\n`,
};
