import assert from 'node:assert/strict';
import { request } from 'node:http';
import { describe, test } from 'node:test';
import { openSampleApplication } from '../../demo/application.ts';
import { openBrowser } from './browser.ts';
import { freePort, openStage } from './stage.ts';
import { CLIENT } from './stand-in-provider.ts';

const POSTS = ['/refresh', '/logout', '/logout/provider', '/language'];
const FOREIGN = [
  { 'Sec-Fetch-Site': 'cross-site' },
  { 'Sec-Fetch-Site': 'same-site' },
  { 'Sec-Fetch-Site': 'none' },
  { Origin: 'https://other.example' },
  { Origin: 'null' },
  {},
];

test('a post from another site, or from nobody knows where, changes nothing', async () => {
  await using stage = await openStage();
  const browser = openBrowser();
  await browser.ask(`${stage.origin}/login`);
  for (const path of POSTS) {
    for (const headers of FOREIGN) {
      const refused = await browser.ask(`${stage.origin}${path}`, { form: { language: 'en' }, headers });
      assert.equal(refused.status, 403, `${path} ${JSON.stringify(headers)}`);
    }
  }
  const home = await browser.ask(`${stage.origin}/`);
  assert.match(home.text, /Wie ben ik\?/);
  assert.doesNotMatch(home.text, /Vernieuwd om/);
});

test('an old browser that sends only its origin may post', async () => {
  await using stage = await openStage();
  const headers = { Origin: stage.origin };
  const answer = await openBrowser().ask(`${stage.origin}/language`, { form: { language: 'en' }, headers });
  assert.match(answer.text, /<html lang="en">/);
});

test('no GET signs out, renews or changes the language', async () => {
  await using stage = await openStage();
  for (const path of POSTS) {
    const answer = await openBrowser().ask(`${stage.origin}${path}`);
    assert.equal(answer.status, 404, path);
  }
});

describe('language', () => {
  test('is what the browser asks for, Dutch for everybody else, until somebody chooses', async () => {
    await using stage = await openStage();
    const languages = { 'en-GB,en;q=0.9': 'en', 'nl-BE': 'nl', 'pl,de;q=0.5': 'nl' };
    for (const [asked, given] of Object.entries(languages)) {
      const answer = await openBrowser(asked).ask(`${stage.origin}/`);
      assert.match(answer.text, new RegExp(`<html lang="${given}">`), asked);
    }
    const browser = openBrowser('nl');
    const form = { language: 'en', returnTo: '/signed-out' };
    const chosen = await browser.post(`${stage.origin}/language`, form);
    assert.equal(chosen.url, `${stage.origin}/signed-out`);
    assert.match(chosen.text, /You are signed out/);
  });

  test('switching leads back to pages of ours only', async () => {
    await using stage = await openStage();
    for (const returnTo of ['https://other.example', '//other.example', '/logout', '']) {
      const form = { language: 'en', returnTo };
      const answer = await openBrowser().post(`${stage.origin}/language`, form);
      assert.equal(answer.url, `${stage.origin}/`, returnTo);
    }
  });
});

test('every answer forbids scripts, frames, caching and sniffing; only the stylesheet may be kept', async () => {
  await using stage = await openStage();
  const home = await openBrowser().ask(`${stage.origin}/`);
  const missing = await openBrowser().ask(`${stage.origin}/nowhere`);
  for (const { headers, text } of [home, missing]) {
    const policy = headers.get('Content-Security-Policy') ?? '';
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /script-src 'none'/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.match(policy, new RegExp(`form-action 'self' ${stage.provider.issuer};`));
    assert.equal(headers.get('Cache-Control'), 'no-store');
    assert.equal(headers.get('X-Content-Type-Options'), 'nosniff');
    assert.equal(headers.get('Referrer-Policy'), 'same-origin');
    assert.doesNotMatch(text, /<script|\son\w+=|\sstyle=/);
  }
  const stylesheet = /href="(\/assets\/style\.css\?v=\w+)"/.exec(home.text)?.[1];
  const style = await openBrowser().ask(`${stage.origin}${stylesheet}`);
  assert.equal(style.status, 200);
  assert.match(style.headers.get('Cache-Control') ?? '', /immutable/);
});

test('another host name is sent to the registered one, and cannot post', async () => {
  await using stage = await openStage();
  const { port } = new URL(stage.origin);
  const ask = (method: string, path: string) =>
    new Promise<{ status: number | undefined; location: string | undefined }>((resolve, reject) => {
      const question = request(
        { host: 'localhost', port, method, path, headers: { Host: 'other.example' } },
        (answer) => {
          answer.resume();
          resolve({ status: answer.statusCode, location: answer.headers.location });
        },
      );
      question.on('error', reject);
      question.end();
    });
  assert.deepEqual(await ask('GET', '/tasks'), { status: 308, location: `${stage.origin}/tasks` });
  const { location } = await ask('GET', '//other.example/x');
  assert.ok(location === undefined || location.startsWith(`${stage.origin}/`), location);
  assert.equal((await ask('POST', '/logout')).status, 421);
});

describe('starting', () => {
  const registration = { clientId: CLIENT.id, clientSecret: CLIENT.secret };

  test('a taken port is named', async () => {
    await using stage = await openStage();
    const port = Number(new URL(stage.origin).port);
    await assert.rejects(
      openSampleApplication({ ...registration, issuer: stage.provider.issuer, origin: stage.origin, port }),
      { code: 'port-in-use', message: new RegExp(String(port)) },
    );
  });

  test('plain http is refused for anything but this machine', async () => {
    const port = await freePort();
    const own = `http://localhost:${port}`;
    for (const [issuer, origin] of [
      ['http://login.example', own],
      ['https://login.example', 'http://app.example'],
      ['http://localhost.example', own],
    ]) {
      const options = { ...registration, issuer: issuer ?? '', origin: origin ?? '', port };
      await assert.rejects(openSampleApplication(options), /must be https/);
    }
  });
});
