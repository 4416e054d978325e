import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { z } from 'zod';
import type { RawSettings } from '#config/settings.ts';
import { ACR_MFA, ACR_PHISHING_RESISTANT, type Assurance } from '#src/sign-in/assurance.ts';
import { Browser } from '../../support/browser.ts';
import { CLIENT } from '../../support/installation.ts';
import { endOfSuite } from '../../support/postgres.ts';
import { askEndpoint, createRelyingParty } from '../../support/relying-party.ts';
import { openProviderPlace, type ProviderPlace, signIn, WITH_APP, WITH_KEY } from './provider-place.ts';

const discovery = z.object({
  acr_values_supported: z.array(z.string()),
  claims_parameter_supported: z.boolean(),
});
const pushed = z.object({ request_uri: z.string() });
const UNMET = 'unmet_authentication_requirements';
const SECRET = CLIENT.client_secret;
const redirect_uris = [...CLIENT.redirect_uris];
const own = { client_secret: SECRET, redirect_uris, first_party: true };
const clients: NonNullable<RawSettings['clients']> = [
  { ...own, client_id: 'app' },
  { ...own, client_id: 'vault', required_acr: ACR_PHISHING_RESISTANT },
  { ...own, client_id: 'careful', default_acr_values: [ACR_PHISHING_RESISTANT] },
  { ...own, client_id: 'wishing', default_acr_values: [ACR_PHISHING_RESISTANT, ACR_MFA] },
  { client_secret: SECRET, redirect_uris, client_id: 'guest' },
];

const essential = (...values: string[]) => ({
  claims: JSON.stringify({ id_token: { acr: { essential: true, values } } }),
});
const strongOnly = { acr_values: ACR_PHISHING_RESISTANT };

/** Every way to demand the stronger level: of which client, and with what in the request. */
const demands: [title: string, client: string, parameters: Record<string, string>][] = [
  ['acr_values that name nothing else', 'app', strongOnly],
  ['an essential acr with values', 'app', essential(ACR_PHISHING_RESISTANT, 'urn:other')],
  [
    'an essential acr with one value',
    'app',
    { claims: JSON.stringify({ id_token: { acr: { essential: true, value: ACR_PHISHING_RESISTANT } } }) },
  ],
  [
    'an essential acr beside acr_values that would take less',
    'app',
    { ...essential(ACR_PHISHING_RESISTANT), acr_values: ACR_MFA },
  ],
  ['what its client requires', 'vault', {}],
  ['what its client requires, whatever it asks', 'vault', { acr_values: ACR_MFA, ...essential(ACR_MFA) }],
  ['its client’s default', 'careful', {}],
];

describe('how strong a sign-in an application gets', () => {
  const ending = endOfSuite();
  let place: ProviderPlace;
  /** The same where no method reaches the stronger level. */
  let plain: ProviderPlace;

  before(async () => {
    place = await openProviderPlace(ending, { clients, acrValues: [ACR_MFA, ACR_PHISHING_RESISTANT] });
    plain = await openProviderPlace(ending, { clients, acrValues: [ACR_MFA] });
  });

  const ask = async (
    parameters: Record<string, string>,
    {
      id = 'app',
      browser = new Browser(),
      at = place,
    }: { id?: string; browser?: Browser; at?: ProviderPlace } = {},
  ) => {
    const party = await createRelyingParty(at.issuer, { id });
    const request = await party.begin({ scope: 'openid', ...parameters });
    at.asked.length = 0;
    const answer = await browser.open(request.url);
    return { party, request, browser, answer, asked: [...at.asked] };
  };
  const errorIn = ({ answer }: Awaited<ReturnType<typeof ask>>) => {
    const { searchParams, href } = new URL(answer.location ?? 'about:blank');
    assert.ok(href.startsWith(CLIENT.redirect_uris[0]), answer.body);
    assert.equal(searchParams.get('code') === null, searchParams.has('error'));
    return searchParams.get('error');
  };
  const tokensOf = ({ party, request, answer }: Awaited<ReturnType<typeof ask>>) =>
    party.finish(request, answer.location);
  /** A browser in which somebody signed in this strongly. */
  const signedIn = async (assurance: Assurance, at = place) => {
    at.deed = signIn(assurance);
    const visit = await ask({}, { at });
    assert.equal(errorIn(visit), null);
    return visit.browser;
  };

  test('discovery names the levels that the tenant’s methods reach, and the claims parameter', async () => {
    const discovered = async ({ issuer }: ProviderPlace) =>
      discovery.parse(await (await fetch(`${issuer}/.well-known/openid-configuration`)).json());
    const rich = await discovered(place);
    assert.deepEqual(rich.acr_values_supported, [ACR_MFA, ACR_PHISHING_RESISTANT]);
    assert.equal(rich.claims_parameter_supported, true);
    assert.deepEqual((await discovered(plain)).acr_values_supported, [ACR_MFA]);
  });

  for (const [title, id, parameters] of demands) {
    test(`${title}: a weaker session is asked to sign in, and a strong sign-in gets the level`, async () => {
      const browser = await signedIn(WITH_APP);
      place.deed = signIn(WITH_KEY);
      const visit = await ask(parameters, { id, browser });
      assert.deepEqual(
        visit.asked.map(({ prompt }) => prompt),
        ['login'],
      );
      assert.deepEqual(visit.asked[0]?.demand, { demanded: true, preferred: false });
      const claims = (await tokensOf(visit)).claims();
      assert.deepEqual([claims?.acr, claims?.amr], [WITH_KEY.acr, WITH_KEY.amr]);
    });

    test(`${title}: a strong session is enough`, async () => {
      const browser = await signedIn(WITH_KEY);
      const visit = await ask({ ...parameters, prompt: 'none' }, { id, browser });
      assert.deepEqual(visit.asked, []);
      assert.equal((await tokensOf(visit)).claims()?.acr, ACR_PHISHING_RESISTANT);
    });

    test(`${title}: prompt=none says whether a sign-in would help`, async () => {
      const weak = await signedIn(WITH_APP);
      assert.equal(
        errorIn(await ask({ ...parameters, prompt: 'none' }, { id, browser: weak })),
        'login_required',
      );
      const hopeless = await signedIn(WITH_APP, plain);
      const visit = await ask({ ...parameters, prompt: 'none' }, { id, browser: hopeless, at: plain });
      assert.equal(errorIn(visit), UNMET);
      assert.equal(errorIn(await ask({ ...parameters, prompt: 'none' }, { id, at: plain })), UNMET);
    });

    test(`${title}: a weaker sign-in that is handed over all the same signs nobody in and is asked once`, async () => {
      place.deed = signIn(WITH_APP);
      const visit = await ask(parameters, { id });
      assert.equal(visit.asked.length, 1);
      assert.equal(errorIn(visit), UNMET);
      const { browser } = visit;
      assert.equal(errorIn(await ask({ prompt: 'none' }, { browser })), 'login_required');
    });
  }

  test('a strong session signed in to anew more weakly does not meet the demand', async () => {
    const browser = await signedIn(WITH_KEY);
    place.deed = signIn(WITH_APP);
    assert.equal(errorIn(await ask({ ...strongOnly, prompt: 'login' }, { browser })), UNMET);
    assert.equal(errorIn(await ask({ ...strongOnly, prompt: 'none' }, { browser })), null);
  });

  test('who can’t sign in so strongly is led back with an error, state and issuer', async () => {
    place.deed = (gateway, req, res) => gateway.unmet(req, res);
    const visit = await ask(strongOnly);
    assert.equal(errorIn(visit), UNMET);
    const { searchParams } = new URL(visit.answer.location ?? '');
    assert.match(searchParams.get('error_description') ?? '', /phishing-resistant/);
    assert.equal(searchParams.get('state'), visit.request.state);
    assert.equal(searchParams.get('iss'), place.issuer);
  });

  for (const [title, id, parameters] of [
    ['acr_values', 'app', { acr_values: `urn:other ${ACR_PHISHING_RESISTANT} ${ACR_MFA}` }],
    ['a voluntary acr', 'app', { claims: `{"id_token":{"acr":{"value":"${ACR_PHISHING_RESISTANT}"}}}` }],
    ['an essential acr', 'app', essential(ACR_PHISHING_RESISTANT, ACR_MFA)],
    ['the client’s default', 'wishing', {}],
  ] as const) {
    test(`a wish in ${title} is told to the pages, and the token names the level that was reached`, async () => {
      place.deed = signIn(WITH_APP);
      const visit = await ask(parameters, { id });
      assert.deepEqual(visit.asked[0]?.demand, { demanded: false, preferred: true });
      const claims = (await tokensOf(visit)).claims();
      assert.deepEqual([claims?.acr, claims?.amr], [WITH_APP.acr, WITH_APP.amr]);
    });
  }

  test('levels that there are not are no demand, and no token claims them', async () => {
    place.deed = signIn(WITH_APP);
    const visit = await ask({ acr_values: 'urn:other phr' });
    assert.deepEqual(visit.asked[0]?.demand, { demanded: false, preferred: false });
    assert.equal((await tokensOf(visit)).claims()?.acr, ACR_MFA);
  });

  test('two steps asked for as essential are met by any sign-in, which keeps its own level', async () => {
    const one = { claims: JSON.stringify({ id_token: { acr: { essential: true, value: ACR_MFA } } }) };
    for (const assurance of [WITH_APP, WITH_KEY]) {
      const browser = await signedIn(assurance);
      for (const parameters of [essential(ACR_MFA), one]) {
        const visit = await ask({ ...parameters, prompt: 'none' }, { browser });
        assert.equal((await tokensOf(visit)).claims()?.acr, assurance.acr);
      }
    }
  });

  test('an essential acr that there is not ends at once, for nobody could meet it', async () => {
    for (const prompt of [{}, { prompt: 'none' }]) {
      const visit = await ask({ ...essential('urn:other'), ...prompt, acr_values: ACR_MFA });
      assert.deepEqual([errorIn(visit), visit.asked], [UNMET, []]);
    }
  });

  test('a pushed request demands as much as one through the browser', async () => {
    const party = await createRelyingParty(place.issuer);
    const push = async (parameters: Record<string, string>) => {
      const { url } = await party.begin({ scope: 'openid', ...parameters });
      return askEndpoint(`${place.issuer}/request`, {
        ...Object.fromEntries(new URL(url).searchParams),
        client_secret: SECRET,
      });
    };
    const { json } = await push(essential(ACR_PHISHING_RESISTANT));
    const url = new URL('/auth', place.issuer);
    url.search = new URLSearchParams({ client_id: 'app', ...pushed.parse(json) }).toString();
    place.deed = signIn(WITH_APP);
    const { location } = await new Browser().open(url.href);
    assert.equal(new URL(location ?? 'about:blank').searchParams.get('error'), UNMET);
    assert.equal((await push(essential('urn:other'))).json.error, UNMET);
  });

  test('a refresh keeps acr and amr of the sign-in', async () => {
    place.deed = signIn(WITH_KEY);
    const visit = await ask(strongOnly);
    const tokens = await tokensOf(visit);
    const claims = (await visit.party.refresh(tokens.refresh_token ?? '')).claims();
    assert.deepEqual([claims?.acr, claims?.amr], [WITH_KEY.acr, WITH_KEY.amr]);
    assert.equal(claims?.auth_time, tokens.claims()?.auth_time);
  });

  test('max_age and prompt=login ask again whatever level the session has', async () => {
    const browser = await signedIn(WITH_KEY);
    place.deed = signIn(WITH_KEY);
    for (const again of [{ prompt: 'login' }, { max_age: '0' }]) {
      const visit = await ask({ ...strongOnly, ...again }, { browser });
      assert.equal(visit.asked.length, 1);
      assert.equal((await tokensOf(visit)).claims()?.acr, ACR_PHISHING_RESISTANT);
    }
  });

  describe('the claims parameter', () => {
    test('opens nothing that no scope opens, for the organisation’s own applications and for others', async () => {
      const claims = JSON.stringify({
        id_token: { email: { essential: true }, name: null, sid: null, acr: null },
        userinfo: { email: { essential: true }, roles: null },
      });
      for (const id of ['app', 'guest']) {
        place.deed = signIn(WITH_APP);
        const visit = await ask({ claims }, { id });
        assert.deepEqual(
          visit.asked.map(({ prompt, scopes }) => [prompt, scopes]),
          [['login', []], ...(id === 'guest' ? [['consent', ['openid']]] : [])],
        );
        const tokens = await tokensOf(visit);
        const told = Object.keys(tokens.claims() ?? {}).sort();
        const usual = ['acr', 'amr', 'aud', 'auth_time', 'exp', 'iat', 'iss', 'nonce', 'sub', 'tenant'];
        assert.deepEqual(told, usual);
        const userinfo = await visit.party.userinfo(tokens.access_token, tokens.claims()?.sub ?? '');
        assert.deepEqual(Object.keys(userinfo).sort(), ['sub', 'tenant']);
      }
    });

    test('that asks for somebody else leads to a sign-in, never to a token of who is here', async () => {
      const browser = await signedIn(WITH_APP);
      const claimsFor = (value: string) => ({
        claims: JSON.stringify({ id_token: { sub: { value } } }),
        prompt: 'none',
      });
      assert.equal(errorIn(await ask(claimsFor('person'), { browser })), null);
      assert.equal(errorIn(await ask(claimsFor('another'), { browser })), 'login_required');
    });

    for (const claims of [
      '{"id_token":{"acr":"urn:x"}}',
      '{"id_token":{"acr":{"essential":"true"}}}',
      '{"id_token":{"acr":{"values":"urn:x","essential":true}}}',
      '{"id_token":{"acr":{"values":[1]}}}',
      '{"id_token":{"sub":"person"}}',
      '{"id_token":[]}',
      '{"userinfo":1}',
      '{}',
      '{',
    ]) {
      test(`that is no such thing is refused: ${claims}`, async () => {
        const visit = await ask({ claims });
        assert.deepEqual([errorIn(visit), visit.asked], ['invalid_request', []]);
      });
    }

    test('beyond 2,000 characters is an error page, and nothing is kept', async () => {
      const padded = (length: number) => {
        const [head, tail] = ['{"id_token":{"acr":null,"name":{"value":"', '"}}}'];
        return { claims: head + 'x'.repeat(length - head.length - tail.length) + tail };
      };
      place.deed = signIn(WITH_APP);
      assert.equal(errorIn(await ask(padded(2000))), null);
      const { answer, asked } = await ask(padded(2001));
      assert.deepEqual([answer.status, answer.step, asked], [400, 'error', []]);
    });
  });
});
