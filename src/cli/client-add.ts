import { randomBytes, randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { clientSchema } from '#config/client.ts';
import { readClientSecrets } from '#config/client-secrets.ts';
import { keyName, reasonOf, shownKey } from '#config/faults.ts';
import { fileText, readTextFile } from '#config/text-file.ts';
import type { ClientMetadata } from '#src/provider/ports.ts';
import { ACR_PHISHING_RESISTANT } from '#src/sign-in/assurance.ts';
import { CommandFailure, usageFailure } from './failure.ts';
import type { Operations } from './operations.ts';
import { authorOf, carriedOperator, type OperatorChoice } from './operator-options.ts';
import type { CommandContext } from './program.ts';
import { recordAct } from './record-act.ts';
import type { TenantChoice } from './select-tenant.ts';
import { json, printable, properties, readAll, type Terminal } from './terminal.ts';

/** What `client add` was called with. */
export interface ClientOptions extends TenantChoice, OperatorChoice {
  file?: string;
  id?: string;
  name?: string;
  redirectUri: readonly string[];
  postLogoutRedirectUri: readonly string[];
  initiateLoginUri?: string;
  backchannelLogoutUri?: string;
  public?: true;
  firstParty?: true;
  phishingResistant?: true;
  json?: true;
}

/** 256 bits, in 43 characters. */
const secretBytes = 32;

/**
 * Registers a client from a file, from flags, or from both (a flag wins). What is missing of client_id and
 * client_secret is made here; a secret that was made is shown this once.
 */
export async function addClient({ terminal, reach }: CommandContext, options: ClientOptions): Promise<void> {
  const author = authorOf(options);
  const file = options.file === undefined ? undefined : await metadataIn(options.file, terminal);
  if (file === undefined && options.redirectUri.length === 0) {
    throw usageFailure('say what to add with --file, or with --name and --redirect-uri');
  }
  const { metadata, madeSecret } = complete({ ...file, ...metadataOf(options) });
  const add = async (operations: Operations): Promise<void> => {
    await register(operations, metadata);
    await recordAct(operations, author, (context) =>
      operations.events.clientAdded(context, { client: metadata.client_id }),
    );
    const { client_secret: _secret, ...shown } = metadata;
    const secret = madeSecret === undefined ? {} : { client_secret: madeSecret };
    terminal.stdout.write(options.json ? json({ ...shown, ...secret }) : summary(metadata, madeSecret));
  };
  // The file was read on this side; another process gets what is in it. Of two --file the last one counts.
  const carried = file === undefined ? [] : ['--file', '-'];
  await reach.withTenant(options.tenant, add, {
    extra: [...carried, ...carriedOperator(author)],
    stdin: file === undefined ? '' : JSON.stringify(file),
  });
}

/** The metadata in a JSON file, its secret file read as well: paths mean something on this side only. */
async function metadataIn(file: string, terminal: Terminal): Promise<Record<string, unknown>> {
  const tree = parsedJson(await textOf(file, terminal));
  const origin = () => ({ variable: undefined, at: undefined });
  const { clients, faults } = readClientSecrets([tree], readTextFile, origin);
  const fault = faults[0];
  if (fault !== undefined) throw new CommandFailure(`client_secret_file ${fault.reason}`);
  const client: unknown = Array.isArray(clients) ? clients[0] : undefined;
  if (typeof client !== 'object' || client === null || Array.isArray(client)) {
    throw new CommandFailure('the file must hold one JSON object with client metadata (RFC 7591)');
  }
  const { client_secret_file: _read, ...metadata }: Record<string, unknown> = { ...client };
  return metadata;
}

async function textOf(file: string, terminal: Terminal): Promise<string> {
  if (file === '-') return readAll(terminal.stdin);
  const read = fileText(file, readTextFile);
  if (!read.ok) throw new CommandFailure(read.reason);
  return read.text;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own words repeat the text, which may hold a secret.
    return undefined;
  }
}

function metadataOf(options: ClientOptions): Record<string, unknown> {
  const entries: [string, unknown][] = [
    ['client_id', options.id],
    ['client_name', options.name],
    ['redirect_uris', options.redirectUri.length === 0 ? undefined : options.redirectUri],
    [
      'post_logout_redirect_uris',
      options.postLogoutRedirectUri.length === 0 ? undefined : options.postLogoutRedirectUri,
    ],
    ['initiate_login_uri', options.initiateLoginUri],
    ['backchannel_logout_uri', options.backchannelLogoutUri],
    // Without it, whoever signs out of one browser would be signed out of the application in all.
    ['backchannel_logout_session_required', options.backchannelLogoutUri === undefined ? undefined : true],
    ['token_endpoint_auth_method', options.public === undefined ? undefined : 'none'],
    ['first_party', options.firstParty],
    ['required_acr', options.phishingResistant === undefined ? undefined : ACR_PHISHING_RESISTANT],
  ];
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

interface CompleteClient {
  metadata: ClientMetadata;
  madeSecret: string | undefined;
}

function needsSecret({
  token_endpoint_auth_method: method,
  client_secret,
}: Record<string, unknown>): boolean {
  return client_secret === undefined && (method === undefined || String(method).startsWith('client_secret_'));
}

function complete(written: Record<string, unknown>): CompleteClient {
  const madeSecret = needsSecret(written) ? randomBytes(secretBytes).toString('base64url') : undefined;
  const made = madeSecret === undefined ? {} : { client_secret: madeSecret };
  const result = clientSchema.safeParse(
    { client_id: randomUUID(), ...written, ...made },
    { error: reasonOf },
  );
  if (!result.success) {
    throw new CommandFailure(`the client is refused: ${result.error.issues.map(told).join('; ')}`);
  }
  const { metadata, secret } = result.data;
  return {
    metadata: secret === undefined ? metadata : { ...metadata, client_secret: secret.reveal() },
    madeSecret,
  };
}

function told(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys')
    return `${issue.keys.map(shownKey).join(', ')} is no client metadata`;
  return `${keyName(issue.path)} ${issue.message}`;
}

async function register(
  { tenant, clients, configuredClients, plainHttp }: Operations,
  metadata: ClientMetadata,
): Promise<void> {
  const { backchannel_logout_uri: told } = metadata;
  if (typeof told === 'string' && URL.parse(told)?.protocol === 'http:' && !plainHttp) {
    const reason = 'backchannel_logout_uri must be https; http only with unsafe.plainHttp';
    throw new CommandFailure(`the client is refused: ${reason}`);
  }
  const isConfigured = configuredClients.some((client) => client.client_id === metadata.client_id);
  if (isConfigured || !(await clients.add(tenant.id, metadata))) {
    throw new CommandFailure('another client has this client_id');
  }
}

function summary(metadata: ClientMetadata, madeSecret: string | undefined): string {
  const name = typeof metadata.client_name === 'string' ? metadata.client_name : metadata.client_id;
  const rows: [string, string][] = [['client_id', metadata.client_id]];
  if (madeSecret !== undefined) rows.push(['client_secret', madeSecret]);
  const note = madeSecret === undefined ? '' : '\nThe secret is not shown again.\n';
  return `Added ${printable(name)}.\n\n${properties(rows)}${note}`;
}
