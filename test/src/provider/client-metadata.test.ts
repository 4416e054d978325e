import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { clientSchema } from '#config/client.ts';
import { reasonOf } from '#config/faults.ts';
import { configuredClients } from '#src/provider/configured-clients.ts';
import { ACR_LEVELS } from '#src/sign-in/demand.ts';
import { Browser } from '../../support/browser.ts';
import { type Installation, startInstallation } from '../../support/installation.ts';
import { endOfSuite } from '../../support/postgres.ts';

const SECRET = 'a-secret-of-another-client-0123456789';
const key = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
  kid: 'rfc7515-a3',
  use: 'sig',
};

/** Every key that config/client.ts knows, but for the ways a client proves itself, of which it has one. */
const everything = {
  client_id: 'everything',
  client_name: 'Everything',
  client_uri: 'https://app.example/',
  contacts: ['beheer@app.example'],
  application_type: 'web' as const,
  redirect_uris: ['https://app.example/callback'],
  post_logout_redirect_uris: ['https://app.example/signed-out'],
  initiate_login_uri: 'https://app.example/login',
  backchannel_logout_uri: 'https://app.example/told',
  backchannel_logout_session_required: true,
  token_endpoint_auth_method: 'client_secret_post' as const,
  grant_types: ['authorization_code' as const, 'refresh_token' as const],
  response_types: ['code' as const],
  scope: 'openid profile email phone roles offline_access',
  jwks: { keys: [key] },
  id_token_signed_response_alg: 'PS256' as const,
  userinfo_signed_response_alg: 'EdDSA' as const,
  default_max_age: 3600,
  require_auth_time: true,
  default_acr_values: ['urn:poortwachter:acr:mfa' as const],
  required_acr: 'urn:poortwachter:acr:mfa' as const,
  require_pushed_authorization_requests: false,
  dpop_bound_access_tokens: false,
  first_party: true,
  pkce_required: true,
};
const base = {
  redirect_uris: ['https://app.example/callback'],
  client_secret: SECRET,
};
const variants = [
  { ...everything, client_secret: SECRET },
  { ...base, client_id: 'pushed', require_pushed_authorization_requests: true },
  { ...base, client_id: 'bound', dpop_bound_access_tokens: true },
  {
    client_id: 'by-key',
    redirect_uris: base.redirect_uris,
    token_endpoint_auth_method: 'private_key_jwt' as const,
    jwks_uri: 'https://app.example/jwks',
  },
  {
    client_id: 'native',
    application_type: 'native' as const,
    redirect_uris: ['com.example.app:/callback', 'http://127.0.0.1/callback'],
    token_endpoint_auth_method: 'none' as const,
  },
];

describe('metadata of an application', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending, { clients: variants });
  });

  /** What the authorization endpoint makes of a plain request by this client. */
  const ask = async (client_id: string, redirect_uri: string) => {
    const url = new URL('/auth', installation.issuer);
    url.search = new URLSearchParams({
      client_id,
      redirect_uri,
      response_type: 'code',
      scope: 'openid',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    }).toString();
    return new Browser().get(url.href);
  };

  test('the provider knows a client with every key that the configuration allows', async () => {
    const answer = await ask('everything', 'https://app.example/callback');
    assert.match(answer.location ?? answer.body, /\/interaction\//);
  });

  test('every way a client may prove itself, and native addresses, are taken', async () => {
    for (const { client_id, redirect_uris } of variants.slice(2)) {
      for (const redirect of redirect_uris) {
        const answer = await ask(client_id, redirect);
        assert.match(answer.location ?? answer.body, /\/interaction\//, `${client_id} ${redirect}`);
      }
    }
  });

  test('a client that must push its requests may send none through the browser', async () => {
    const answer = await ask('pushed', 'https://app.example/callback');
    assert.match(answer.location ?? '', /error=invalid_request.*Pushed/);
  });

  test('what no page shows is refused, so that nobody waits to see it', () => {
    for (const key of ['logo_uri', 'policy_uri', 'tos_uri']) {
      const client = { ...base, client_id: 'shown', [key]: 'https://app.example/shown' };
      assert.equal(clientSchema.safeParse(client).success, false, key);
    }
  });

  test('a level that there is not is a fault that names those there are', () => {
    for (const wrong of [{ required_acr: 'phr' }, { default_acr_values: ['urn:other'] }]) {
      const parsed = clientSchema.safeParse({ ...base, client_id: 'vault', ...wrong }, { error: reasonOf });
      assert.deepEqual(
        parsed.error?.issues.map(({ path, message }) => [path[0], message]),
        [[Object.keys(wrong)[0], `must be one of ${ACR_LEVELS.join(', ')}`]],
      );
    }
  });

  test('a name that our own clients go by is nobody’s to take', () => {
    for (const [client_id, taken] of [
      ['poortwachter-account', false],
      ['poortwachter-of-mine', false],
      ['poortwachter', true],
      ['my-poortwachter-app', true],
    ] as const) {
      const parsed = clientSchema.safeParse({ ...base, client_id });
      assert.equal(parsed.success, taken, client_id);
      if (!taken) assert.match(parsed.error?.issues[0]?.message ?? '', /^must not begin with poortwachter-/);
    }
  });

  test('an address to be told at is exact and one of the web, and is there when the session is asked for', () => {
    const faultsOf = (client: object) => {
      const { error } = clientSchema.safeParse({ ...base, client_id: 'told', ...client });
      return error?.issues.map(({ path, message }) => `${String(path[0])} ${message}`) ?? [];
    };
    const at = (backchannel_logout_uri: string) => faultsOf({ backchannel_logout_uri });
    assert.deepEqual(at('https://app.example/told?by=us'), []);
    assert.deepEqual(at('http://localhost:3001/told'), []);
    for (const address of [
      'http://app.example/told',
      'ftp://app.example',
      '/told',
      'https://u:p@app.example',
    ]) {
      assert.match(at(address).join(), /^backchannel_logout_uri must/, address);
    }
    assert.deepEqual(at('https://app.example/#told'), [
      'backchannel_logout_uri must not have a fragment (#)',
    ]);
    assert.deepEqual(faultsOf({ backchannel_logout_session_required: true }), [
      'backchannel_logout_session_required has no use without backchannel_logout_uri',
    ]);
  });

  test('the table of this test has every key of the configuration', () => {
    const parsed = clientSchema.parse({ ...everything, client_secret: SECRET });
    assert.deepEqual(Object.keys(parsed.metadata).sort(), Object.keys(everything).sort());
    const [first] = configuredClients([parsed]);
    assert.equal(first?.client_secret, SECRET);
  });
});
