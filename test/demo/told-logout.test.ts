import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { generateKeyPair, SignJWT } from 'jose';
import { openBrowser } from './browser.ts';
import { openStage, type Stage } from './stage.ts';
import { CLIENT } from './stand-in-provider.ts';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const SUBJECT = 'account-014';
const MINUTE = 60;

describe('the sample application is told that a session ended', () => {
  let stage: Stage;
  before(async () => {
    stage = await openStage();
  });
  after(() => stage[Symbol.asyncDispose]());

  /** What the provider says, with something else in it. */
  const claims = (other: Record<string, unknown> = {}): Record<string, unknown> => {
    const now = Math.floor(stage.clock.now() / 1000);
    const own = { iss: stage.provider.issuer, aud: CLIENT.id, iat: now, exp: now + 2 * MINUTE };
    return { ...own, jti: randomUUID(), sub: SUBJECT, events: { [EVENT]: {} }, ...other };
  };

  const post = async (form: Record<string, string>) => {
    const response = await fetch(`${stage.origin}/backchannel-logout`, {
      method: 'POST',
      body: new URLSearchParams(form),
    });
    assert.equal(response.headers.get('cache-control'), 'no-store');
    await response.arrayBuffer();
    return response.status;
  };
  const tell = (token: string) => post({ logout_token: token });

  const enter = async () => {
    const browser = openBrowser();
    await browser.ask(`${stage.origin}/login`);
    return { browser, sid: stage.provider.sids.at(-1) ?? '' };
  };
  const isIn = async ({ browser }: Awaited<ReturnType<typeof enter>>) =>
    /data-step="overview"/.test((await browser.ask(`${stage.origin}/`)).text);

  test('by its name: that one ends here, no other', async () => {
    const [one, other] = [await enter(), await enter()];
    assert.notEqual(one.sid, other.sid);
    assert.equal(await tell(await stage.provider.sign(claims({ sid: one.sid }))), 204);
    assert.deepEqual([await isIn(one), await isIn(other)], [false, true]);
    assert.equal(
      await tell(await stage.provider.sign(claims({ sid: other.sid, sub: 'somebody else' }))),
      204,
    );
    assert.equal(await isIn(other), true, 'of somebody else it is nobody’s');
    assert.equal(await tell(await stage.provider.sign(claims({ sid: other.sid, sub: undefined }))), 204);
    assert.equal(await isIn(other), false);
  });

  test('by the person alone: all of theirs end', async () => {
    const both = [await enter(), await enter()];
    assert.equal(await tell(await stage.provider.sign(claims({ sub: 'somebody else' }))), 204);
    assert.deepEqual(await Promise.all(both.map(isIn)), [true, true]);
    assert.equal(await tell(await stage.provider.sign(claims())), 204);
    assert.deepEqual(await Promise.all(both.map(isIn)), [false, false]);
  });

  test('who is told of what it does not know says that it is well', async () => {
    assert.equal(await tell(await stage.provider.sign(claims({ sid: 'long gone' }))), 204);
  });

  test('what is no token of the provider for us, or no logout token, signs nobody out', async () => {
    const one = await enter();
    const { sign } = stage.provider;
    const now = Math.floor(stage.clock.now() / 1000);
    const stranger = await generateKeyPair('ES256');
    const forged = new SignJWT(claims())
      .setProtectedHeader({ alg: 'ES256', typ: 'logout+jwt', kid: 'stand-in' })
      .sign(stranger.privateKey);
    const [header, body] = (await sign(claims())).split('.');
    const unsigned = Buffer.from('{"alg":"none","typ":"logout+jwt"}').toString('base64url');
    for (const [name, token] of Object.entries({
      'another key': await forged,
      'no signature': `${header}.${body}.`,
      'alg none': `${unsigned}.${body}.`,
      'another issuer': await sign(claims({ iss: 'https://evil.example' })),
      'another audience': await sign(claims({ aud: 'another' })),
      'an ID token': await sign(claims(), { typ: 'JWT' }),
      'no event': await sign(claims({ events: undefined })),
      'another event': await sign(claims({ events: { 'http://schemas.openid.net/event/other': {} } })),
      'an event that is no object': await sign(claims({ events: { [EVENT]: true } })),
      'a nonce': await sign(claims({ nonce: 'n' })),
      'no jti': await sign(claims({ jti: undefined })),
      'no iat': await sign(claims({ iat: undefined })),
      'no exp': await sign(claims({ exp: undefined })),
      nobody: await sign(claims({ sub: undefined })),
      over: await sign(claims({ iat: now - 10 * MINUTE, exp: now - MINUTE })),
      'too old': await sign(claims({ iat: now - 10 * MINUTE })),
      'of the future': await sign(claims({ iat: now + 10 * MINUTE, exp: now + 12 * MINUTE })),
      'an unknown key': await sign(claims(), { kid: 'other' }),
      'no token': 'token',
    })) {
      assert.equal(await tell(token), 400, name);
    }
    for (const form of [{}, { logout_token: '' }, { logout_token: 'x'.repeat(9_000) }]) {
      assert.equal(await post(form), 400);
    }
    assert.equal(await isIn(one), true);
    assert.doesNotMatch(JSON.stringify(stage.log), /eyJ/);
  });

  test('a token is good once', async () => {
    const token = await stage.provider.sign(claims({ sub: 'somebody else' }));
    assert.equal(await tell(token), 204);
    assert.equal(await tell(token), 400);
  });

  test('there is nothing to see at its address', async () => {
    const { status } = await openBrowser().ask(`${stage.origin}/backchannel-logout`);
    assert.equal(status, 404);
  });

  test('while the provider’s keys can not be had nothing is judged: it is to be told again', async () => {
    const one = await enter();
    const token = await stage.provider.sign(claims({ sid: one.sid }));
    await stage.provider.stop();
    stage.clock.advance(15_000);
    assert.equal(await tell(token), 503);
    await stage.provider.start();
    assert.equal(await tell(token), 204);
    assert.equal(await isIn(one), false);
  });
});
