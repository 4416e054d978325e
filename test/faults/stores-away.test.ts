import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answer, Browser, formAction } from '../support/browser.ts';
import { eventually, shortAnswer } from '../support/product-process.ts';
import { beginSignIn, signInWithApp, tokensFor } from '../support/sign-in.ts';
import {
  assertStorelessAnswers,
  assertUnavailableJson,
  assertUnavailablePage,
  type FaultStage,
  setFaultStage,
} from './stage.ts';

/** A browser that was sent here before the fault, at the password page. */
type Begun = Awaited<ReturnType<typeof beginSignIn>>;
type SignedIn = Awaited<ReturnType<typeof tokensFor>>;

/** Everything that needs the store, asked as browsers and programs do. */
interface Asked {
  pages: Promise<Answer>[];
  programs: Promise<Answer>[];
}

function token({ party, tokens }: SignedIn, issuer: string, fields: Record<string, string>): Promise<Answer> {
  const secret = { client_id: party.id, client_secret: party.secret ?? '' };
  const body = new URLSearchParams({ ...secret, token: tokens.access_token, ...fields }).toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
  const path = 'grant_type' in fields ? '/token' : '/token/introspection';
  return new Browser().send(`${issuer}${path}`, { method: 'POST', body, headers });
}

function refresh(signedIn: SignedIn, issuer: string): Promise<Answer> {
  const refresh_token = signedIn.tokens.refresh_token ?? '';
  return token(signedIn, issuer, { grant_type: 'refresh_token', refresh_token });
}

function userinfo({ tokens }: SignedIn, issuer: string): Promise<Answer> {
  const headers = { authorization: `Bearer ${tokens.access_token}`, accept: 'application/json' };
  return new Browser().get(`${issuer}/me`, headers);
}

const asks = {
  Postgres: ({ place }: FaultStage, begun: Begun, signedIn: SignedIn): Asked => ({
    pages: [
      begun.browser.post(formAction(begun.page), { login_name: 'arts', password: 'x' }),
      begun.browser.post(formAction(begun.page), { login_name: 'niemand', password: 'x' }),
    ],
    programs: [userinfo(signedIn, place.issuer), refresh(signedIn, place.issuer)],
  }),
  Redis: ({ place }: FaultStage, begun: Begun, signedIn: SignedIn): Asked => ({
    pages: [
      new Browser().get(begun.request.url),
      begun.browser.get(begun.page.url),
      begun.browser.post(formAction(begun.page), { login_name: 'arts', password: 'x' }),
      signedIn.browser.get(begun.request.url),
    ],
    programs: [
      userinfo(signedIn, place.issuer),
      token(signedIn, place.issuer, {}),
      refresh(signedIn, place.issuer),
    ],
  }),
};

async function assertFailsClosed(stage: FaultStage, way: 'refuse' | 'stall', asked: Asked): Promise<void> {
  let answered = 0;
  for (const answer of [...asked.pages, ...asked.programs]) answer.then(() => (answered += 1));
  await assertStorelessAnswers(stage);
  if (way === 'stall') assert.equal(answered, 0, 'what needs no store waited for nobody');
  for (const page of await Promise.all(asked.pages)) await assertUnavailablePage(stage, page);
  for (const answer of await Promise.all(asked.programs)) await assertUnavailableJson(stage, answer);
}

/** The product as it was, without a restart, also for who was half-way. */
async function assertRecovers(
  { product }: FaultStage,
  { browser, party, page, request }: Begun,
  who: { loginName: string; appData: string | undefined },
): Promise<void> {
  await eventually(
    () => shortAnswer(`${product.management}/readyz`),
    ({ status }) => status === 200,
  );
  const done = await signInWithApp(browser, await browser.get(page.url), who);
  assert.ok(await party.finish(request, done.location));
}

test('while a store is away, what needs it fails closed and everything else goes on', async (t) => {
  const stage = await setFaultStage(t);
  const { product, place } = stage;
  const signedIn = await tokensFor(place, 'binnen');
  for (const name of ['Postgres', 'Redis'] as const) {
    const link = name === 'Postgres' ? stage.postgres : stage.redis;
    for (const way of ['refuse', 'stall'] as const) {
      const loginName = `${name}-${way}`;
      const { appData } = await place.createAccount({ loginName, withApp: true });
      const begun = await beginSignIn(place);
      await t.test(
        `${name} away (${way}) is a 503 page or JSON with a number that is in the log`,
        async () => {
          link[way]();
          await assertFailsClosed(stage, way, asks[name](stage, begun, signedIn));
        },
      );
      await t.test(`${name} away (${way}) is told to the cluster, which lets the process live`, async () => {
        const readiness = await shortAnswer(`${product.management}/readyz`);
        assert.deepEqual(readiness, { status: 503, text: `no answer from ${name}` });
        assert.equal((await shortAnswer(`${product.management}/livez`)).status, 200);
      });
      await t.test(`${name} back (after ${way}) is used again at once, by who was half-way too`, async () => {
        link.pass();
        await assertRecovers(stage, begun, { loginName, appData });
      });
    }
  }
  const aboutConnections = product.records().filter(({ msg }) => msg.startsWith('redis connection: '));
  const kinds = aboutConnections.map(({ error }) => error);
  assert.ok(kinds.length > 0, 'an outage is told');
  assert.deepEqual(kinds, [...new Set(kinds)], 'however often it was tried again');
  const refreshed = await signedIn.party.refresh(signedIn.tokens.refresh_token ?? '');
  assert.ok(refreshed.access_token, 'a refresh token that met no answer was not spent');
  const signedInNow = product.records().filter(({ event }) => event === 'sign-in.done');
  assert.equal(signedInNow.length, 5, 'nobody was signed in while a store was away');
  assert.equal(await product.stop(), 0);
});
