import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answer, locationOf, openBrowser } from './browser.ts';
import { openStage, type Stage } from './stage.ts';

const HOUR = 60 * 60_000;

/** Every refusal is a page with a title, a way on, and nothing of our inside. */
function assertFriendly(answer: Answer, status: number, words: RegExp): void {
  assert.equal(answer.status, status);
  assert.match(answer.headers.get('Content-Type') ?? '', /^text\/html/);
  assert.match(answer.text, words);
  assert.match(answer.text, /id="(again|home)" href="\/(login[^"]*)?"/);
  assert.doesNotMatch(answer.text, /Error|node_modules|\.ts\b|OAUTH_/);
}

async function assertNotSignedIn(stage: Stage, browser: ReturnType<typeof openBrowser>): Promise<void> {
  const home = await browser.ask(`${stage.origin}/`);
  assert.match(home.text, /href="\/login"/);
}

/** Signs in as far as the way back, and says what that way is. */
async function answerTo(stage: Stage, browser: ReturnType<typeof openBrowser>, query = ''): Promise<URL> {
  return locationOf(
    await browser.ask(`${stage.origin}/login${query}`, { stopAt: `${stage.origin}/callback` }),
  );
}

test('an answer with a state that was never given out signs nobody in', async () => {
  await using stage = await openStage();
  const browser = openBrowser();
  const answer = await answerTo(stage, browser);
  answer.searchParams.set('state', 'x'.repeat(43));
  assertFriendly(await browser.ask(answer.href), 400, /Deze pagina stond te lang open/);
  await assertNotSignedIn(stage, browser);
});

test('an answer that another browser asked for signs nobody in, and stays good for the other', async () => {
  await using stage = await openStage();
  const [mine, theirs] = [openBrowser(), openBrowser()];
  const answer = await answerTo(stage, theirs);
  assertFriendly(await mine.ask(answer.href), 400, /hoort niet bij uw inlog/);
  await assertNotSignedIn(stage, mine);
  assert.equal((await theirs.ask(answer.href)).url, `${stage.origin}/`);
});

test('an ID token with another nonce signs nobody in', async () => {
  await using stage = await openStage();
  const browser = openBrowser();
  const asked = locationOf(await browser.ask(`${stage.origin}/login`, { stopAt: stage.provider.issuer }));
  asked.searchParams.set('nonce', 'another');
  assertFriendly(await browser.ask(asked.href), 400, /hoort niet bij uw inlog/);
  await assertNotSignedIn(stage, browser);
});

test('an answer in the name of another issuer, or of none, signs nobody in', async () => {
  await using stage = await openStage();
  for (const issuer of ['https://other.example', undefined]) {
    const browser = openBrowser();
    const answer = await answerTo(stage, browser);
    if (issuer === undefined) answer.searchParams.delete('iss');
    else answer.searchParams.set('iss', issuer);
    assertFriendly(await browser.ask(answer.href), 400, /hoort niet bij uw inlog/);
    await assertNotSignedIn(stage, browser);
  }
});

test('an answer is good for one sign-in only', async () => {
  await using stage = await openStage();
  const browser = openBrowser();
  const answer = await answerTo(stage, browser);
  await browser.ask(answer.href);
  assertFriendly(await browser.ask(answer.href), 400, /stond te lang open/);
});

test('a sign-in that took more than an hour is asked to begin again', async () => {
  await using stage = await openStage();
  const browser = openBrowser();
  const answer = await answerTo(stage, browser);
  stage.clock.advance(HOUR);
  assertFriendly(await browser.ask(answer.href), 400, /stond te lang open/);
  await assertNotSignedIn(stage, browser);
});

test('somebody who stops at the provider gets a calm page, with the way to where they wanted to go', async () => {
  await using stage = await openStage();
  const browser = openBrowser();
  const stopped = await browser.ask(`${stage.origin}/login?login_hint=refuse&target_link_uri=/tasks`);
  assertFriendly(stopped, 403, /U bent gestopt met inloggen/);
  assert.match(stopped.text, /href="\/login\?target_link_uri=%2Ftasks"/);
});

test('a sign-in asked in the name of another issuer is refused before anything is asked', async () => {
  await using stage = await openStage();
  for (const form of [undefined, { iss: 'https://other.example' }]) {
    const address = `${stage.origin}/login${form === undefined ? '?iss=https://other.example' : ''}`;
    const refused = await openBrowser().ask(address, form === undefined ? {} : { form });
    assertFriendly(refused, 400, /niet voor het Verzuimloket/);
  }
  assert.equal(stage.provider.asked.length, 0);
});

test('a sign-in asked by our issuer works by GET and by a post from its site', async () => {
  await using stage = await openStage();
  const { issuer } = stage.provider;
  const byGet = await openBrowser().ask(`${stage.origin}/login?iss=${encodeURIComponent(issuer)}`);
  assert.equal(byGet.url, `${stage.origin}/`);
  const byPost = await openBrowser().ask(`${stage.origin}/login`, {
    form: { iss: issuer, target_link_uri: `${stage.origin}/manuals` },
    headers: { 'Sec-Fetch-Site': 'cross-site' },
  });
  assert.equal(byPost.url, `${stage.origin}/manuals`);
});

test('a sign-in never ends on a page of somebody else', async () => {
  await using stage = await openStage();
  for (const target of [
    'https://other.example/',
    '//other.example',
    '/\\other.example',
    '/logout',
    'javascript:0',
  ]) {
    const arrived = await openBrowser().ask(
      `${stage.origin}/login?target_link_uri=${encodeURIComponent(target)}`,
    );
    assert.equal(arrived.url, `${stage.origin}/`, target);
  }
});

test('doubled fields, null bytes and floods get a page, never a failure of ours', async () => {
  await using stage = await openStage();
  const doubled = await openBrowser().ask(`${stage.origin}/login?iss=a&iss=b`);
  assertFriendly(doubled, 400, /hoort niet bij uw inlog/);
  const flood = await openBrowser().ask(`${stage.origin}/login`, { form: { iss: 'x'.repeat(1_000_000) } });
  assertFriendly(flood, 400, /konden wij niet lezen/);
  const nothing = await openBrowser().ask(`${stage.origin}/callback`);
  assertFriendly(nothing, 400, /stond te lang open/);
  const nulls = await openBrowser().ask(`${stage.origin}/callback?state=%00&code=%00&state=2`);
  assertFriendly(nulls, 400, /stond te lang open/);
  const missing = await openBrowser().ask(`${stage.origin}/nowhere/%E0%A4%A`);
  assertFriendly(missing, 404, /Deze pagina is er niet/);
  assert.ok(stage.log.every((entry) => entry.level !== 'error'));
});

test('while the provider is down a sign-in gets a page that says so; once it is up, sign-in works', async () => {
  await using stage = await openStage();
  await stage.provider.stop();
  const browser = openBrowser();
  const refused = await browser.ask(`${stage.origin}/login`);
  assertFriendly(refused, 503, /kunnen de inlogdienst niet bereiken/);
  assert.equal(refused.headers.get('Retry-After'), '10');
  const reference = stage.log.at(-1)?.reference ?? 'none';
  assert.ok(refused.text.includes(reference), 'the number on the page is the one in the log');

  await stage.provider.start();
  assert.equal((await browser.ask(`${stage.origin}/login`)).url, `${stage.origin}/`);
});

test('a provider that goes down between question and answer gets a page as well', async () => {
  await using stage = await openStage();
  const browser = openBrowser();
  const answer = await answerTo(stage, browser);
  await stage.provider.stop();
  assertFriendly(await browser.ask(answer.href), 503, /kunnen de inlogdienst niet bereiken/);
});
