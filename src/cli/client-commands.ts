import type { Command } from 'commander';
import type { ClientMetadata } from '#src/provider/ports.ts';
import { addClient, type ClientOptions } from './client-add.ts';
import { CommandFailure } from './failure.ts';
import type { Operations } from './operations.ts';
import { addOperatorOptions, authorOf, carriedOperator, type OperatorChoice } from './operator-options.ts';
import type { CommandContext } from './program.ts';
import { recordAct } from './record-act.ts';
import { type TenantChoice, tenantOption } from './select-tenant.ts';
import { json, printable, table } from './terminal.ts';

const addExamples = `
client_id and client_secret are made unless the file brings them; a secret that was made is shown once. Redirect
addresses must be https (http on a loopback host only), exact, without fragment.

Examples:
  $ poortwachter client add --name Absence --redirect-uri https://absence.example/callback --first-party
  $ poortwachter client add --file client.json
`;

/** `client add|list|remove`. */
export function addClientCommands(program: Command, context: CommandContext): void {
  const group = program.command('client').description('applications that people sign in to');
  addAdd(group, context);
  addList(group, context);
  addRemove(group, context);
}

function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}

function addAdd(group: Command, context: CommandContext): void {
  const command = group
    .command('add')
    .description('register an application')
    .option('--file <path>', 'JSON with client metadata (RFC 7591); - reads standard input')
    .option('--id <client-id>', 'name it identifies itself by')
    .option('--name <name>', 'name that people read')
    .option('--redirect-uri <address>', 'where codes may be sent; may be repeated', collect, [])
    .option('--post-logout-redirect-uri <address>', 'where a sign-out may end; may be repeated', collect, [])
    .option('--initiate-login-uri <address>', 'where it starts a sign-in by itself')
    .option('--backchannel-logout-uri <address>', 'where it is told that a session ended, and which (sid)')
    .option('--public', 'it can not keep a secret: none is made')
    .option('--first-party', 'it belongs to the tenant itself: no consent page')
    .option('--phishing-resistant', 'it takes only a second step that can not be phished');
  addOperatorOptions(command, { reason: 'optional' })
    .addOption(tenantOption())
    .option('--json', 'for programs')
    .addHelpText('after', addExamples)
    .action((options: ClientOptions) => addClient(context, options));
}

/** A client as `--json` shows it: its metadata without the secret, and where it comes from. */
function shownClient(
  { client_secret: _secret, ...metadata }: ClientMetadata,
  source: string,
): ClientMetadata {
  return { source, ...metadata };
}

function addList(group: Command, { terminal, reach }: CommandContext): void {
  group
    .command('list')
    .description('list the applications, without their secrets')
    .addOption(tenantOption())
    .option('--json', 'for programs')
    .addHelpText('after', '\nExample:\n  $ poortwachter client list --json\n')
    .action((options: TenantChoice & { json?: true }) =>
      reach.withTenant(options.tenant, async ({ tenant, clients, configuredClients }) => {
        const registered = await clients.list(tenant.id);
        const all = [
          ...configuredClients.map((client) => shownClient(client, 'configuration')),
          ...registered.map((client) => shownClient(client, 'registered')),
        ];
        terminal.stdout.write(options.json ? json({ clients: all }) : listText(all));
      }),
    );
}

function listText(clients: readonly ClientMetadata[]): string {
  if (clients.length === 0) return 'None.\n';
  const rows = clients.map((client) => [
    client.client_id,
    textIn(client.client_name),
    textIn(client.source),
    Array.isArray(client.redirect_uris) ? client.redirect_uris.join(' ') : '',
  ]);
  return table(['CLIENT_ID', 'NAME', 'SOURCE', 'REDIRECT ADDRESSES'], rows);
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function addRemove(group: Command, { terminal, reach }: CommandContext): void {
  const command = group
    .command('remove')
    .argument('<client-id>')
    .description('remove an application: it can not sign anybody in any more');
  addOperatorOptions(command, { reason: 'optional' })
    .addOption(tenantOption())
    .option('--json', 'for programs')
    .addHelpText('after', '\nExample:\n  $ poortwachter client remove absence\n')
    .action(async (clientId: string, options: TenantChoice & OperatorChoice & { json?: true }) => {
      const author = authorOf(options);
      const run = async (operations: Operations): Promise<void> => {
        await remove(operations, clientId);
        await recordAct(operations, author, (context) =>
          operations.events.clientRemoved(context, { client: clientId }),
        );
        const text = `Removed ${printable(clientId)}.\n`;
        terminal.stdout.write(options.json ? json({ removed: clientId }) : text);
      };
      await reach.withTenant(options.tenant, run, { extra: carriedOperator(author), stdin: '' });
    });
}

async function remove({ tenant, clients, configuredClients }: Operations, clientId: string): Promise<void> {
  if (configuredClients.some((client) => client.client_id === clientId)) {
    throw new CommandFailure('this client is in the settings file; remove it there');
  }
  if (!(await clients.remove(tenant.id, clientId))) throw new CommandFailure('no client has this client_id');
}
