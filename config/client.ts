import { z } from 'zod';
import { readableText } from './readable-text.ts';
import { Secret } from './secrets.ts';
import { redirectAddressFault, webAddress } from './web-address.ts';

/** Client authentication methods (OIDC Core §9) that we offer. */
const authMethods = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'] as const;

const signingAlgorithms = ['ES256', 'PS256', 'RS256', 'EdDSA'] as const;

/** Levels of a sign-in, the weaker first (src/sign-in/assurance.ts). */
const levels = ['urn:poortwachter:acr:mfa', 'urn:poortwachter:acr:phr'] as const;

/** Begins the ids of our own clients (src/provider/account-client.ts). */
const ownClients = 'poortwachter-';

/** Shortest client secret: 32 printable characters carry the 128 bits of RFC 6749 §10.10 however they are encoded. */
const shortestSecret = 32;

const redirectAddresses = z.array(z.string().min(1).max(2000)).max(50);

/** RFC 7591 §2 names, those of OpenID Connect's registration and logout documents, and our own at the end. */
const metadataShape = {
  client_id: z
    .string()
    .regex(/^[A-Za-z0-9._~-]{1,200}$/, 'must be 1 to 200 letters, digits, ., _, ~ and -')
    .describe('Name the application identifies itself by.'),
  client_name: readableText({ max: 120 }).optional().describe('Name that people read.'),
  client_uri: webAddress.optional().describe('Home page of the application.'),
  contacts: z.array(z.email()).max(10).optional().describe('E-mail addresses of those who run it.'),
  application_type: z
    .enum(['web', 'native'])
    .optional()
    .describe('`native` may use a private scheme in redirect addresses.'),
  redirect_uris: redirectAddresses.min(1).describe('Where codes may be sent, compared as exact text.'),
  post_logout_redirect_uris: redirectAddresses.optional().describe('Where a sign-out may end.'),
  initiate_login_uri: webAddress.optional().describe('Where this application starts a sign-in by itself.'),
  backchannel_logout_uri: webAddress
    .optional()
    .describe('Where it is told that a session ended (OpenID Connect Back-Channel Logout 1.0).'),
  backchannel_logout_session_required: z
    .boolean()
    .optional()
    .describe('`true`: it is told which session (`sid`). Else: that all sessions of the person end.'),
  token_endpoint_auth_method: z
    .enum(authMethods)
    .optional()
    .describe('How it proves itself; `none` for public clients. Default: `client_secret_basic`.'),
  grant_types: z
    .array(z.enum(['authorization_code', 'refresh_token']))
    .min(1)
    .optional()
    .describe('Grants it may use.'),
  response_types: z
    .array(z.enum(['code']))
    .min(1)
    .optional()
    .describe('Only `code`.'),
  scope: z.string().min(1).max(1000).optional().describe('Scopes it may ask for, separated by spaces.'),
  jwks: z
    .strictObject({ keys: z.array(z.record(z.string(), z.unknown())).min(1).max(20) })
    .optional()
    .describe('Its public keys (RFC 7517).'),
  jwks_uri: webAddress.optional().describe('Where its public keys are.'),
  id_token_signed_response_alg: z.enum(signingAlgorithms).optional().describe('Algorithm of its ID tokens.'),
  userinfo_signed_response_alg: z.enum(signingAlgorithms).optional().describe('Set: userinfo is signed.'),
  default_max_age: z.int().min(0).max(86400).optional().describe('Seconds a sign-in may be old.'),
  require_auth_time: z.boolean().optional().describe('Always put `auth_time` into ID tokens.'),
  default_acr_values: z
    .array(z.enum(levels))
    .max(2)
    .optional()
    .describe('Level of sign-in it wants when a request names none, the one it likes best first.'),
  require_pushed_authorization_requests: z.boolean().optional().describe('Only pushed requests (RFC 9126).'),
  dpop_bound_access_tokens: z.boolean().optional().describe('Only DPoP-bound tokens (RFC 9449).'),
  first_party: z.boolean().optional().describe('Belongs to the tenant itself: no consent page.'),
  pkce_required: z
    .boolean()
    .optional()
    .describe('`false` exempts it from PKCE: for certification only, never for real use.'),
  required_acr: z
    .enum(levels)
    .optional()
    .describe(
      'Level below which nobody gets in, whatever a request says: `urn:poortwachter:acr:phr` takes only a second step that can not be phished.',
    ),
};

/** Metadata of a relying party, without its secret. */
export type ConfiguredMetadata = z.infer<z.ZodObject<typeof metadataShape>>;

/** A relying party from the configuration. The secret stays apart from what may be shown until the provider asks for it. */
export interface ConfiguredClient {
  metadata: ConfiguredMetadata;
  /** Undefined for public clients and for those that prove themselves with a key. */
  secret: Secret | undefined;
}

const registrationSchema = z
  .strictObject({
    ...metadataShape,
    client_secret: z
      .string()
      .min(shortestSecret)
      .max(1000)
      .optional()
      .meta({ secret: true })
      .describe(`Shared secret, at least ${shortestSecret} characters. Better: \`client_secret_file\`.`),
    client_secret_file: z
      .string()
      .min(1)
      .optional()
      .describe('File that holds the secret; instead of `client_secret`.'),
  })
  .superRefine(
    (client, context) => {
      for (const [path, reason] of clientFaults(client))
        context.addIssue({ code: 'custom', path, message: reason });
    },
    // Also when one key alone is wrong: all faults are told at once.
    { when: ({ value }) => typeof value === 'object' && value !== null },
  );

/**
 * One relying party as operators write it. Parsing takes the secret out of the metadata; `client_secret_file` must
 * have been read into `client_secret` before (see client-secrets.ts), for a schema opens no files.
 */
export const clientSchema = registrationSchema.transform(
  ({ client_secret: text, client_secret_file: _file, ...metadata }): ConfiguredClient => ({
    metadata,
    secret: text === undefined ? undefined : new Secret(text),
  }),
);

type Registration = z.infer<typeof registrationSchema>;

/** What one key alone can't show to be wrong. Runs beside the checks of single keys, so types may not hold yet. */
function* clientFaults(client: Registration): Generator<[path: (string | number)[], reason: string]> {
  if (`${client.client_id}`.startsWith(ownClients)) {
    yield [['client_id'], `must not begin with ${ownClients}, which the product names its own clients by`];
  }
  yield* logoutFaults(client);
  for (const key of ['redirect_uris', 'post_logout_redirect_uris'] as const) {
    const addresses: unknown = client[key];
    for (const [index, address] of Array.isArray(addresses) ? addresses.entries() : []) {
      const fault =
        typeof address === 'string' ? redirectAddressFault(address, client.application_type) : undefined;
      if (fault !== undefined) yield [[key, index], fault];
    }
  }
  const method = client.token_endpoint_auth_method ?? 'client_secret_basic';
  const sharesSecret = method === 'client_secret_basic' || method === 'client_secret_post';
  const hasSecret = client.client_secret !== undefined || client.client_secret_file !== undefined;
  if (sharesSecret && !hasSecret) {
    yield [['client_secret'], `is needed for ${method}; client_secret_file will do too`];
  }
  if (!sharesSecret && hasSecret) {
    yield [['client_secret'], 'has no use with this token_endpoint_auth_method; leave it out'];
  }
  if (method === 'private_key_jwt' && client.jwks === undefined && client.jwks_uri === undefined) {
    yield [['jwks'], 'is needed for private_key_jwt, or jwks_uri'];
  }
}

function* logoutFaults(client: Registration): Generator<[path: string[], reason: string]> {
  const { backchannel_logout_uri: address, backchannel_logout_session_required: required } = client;
  if (`${address}`.includes('#')) yield [['backchannel_logout_uri'], 'must not have a fragment (#)'];
  if (required === true && address === undefined) {
    yield [['backchannel_logout_session_required'], 'has no use without backchannel_logout_uri'];
  }
}
