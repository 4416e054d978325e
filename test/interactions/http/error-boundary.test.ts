import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Browser } from '../../support/browser.ts';
import { startInstallation } from '../../support/installation.ts';

test('a refusal is one sentence in the log, without a stack that anybody could fill it with', async (t) => {
  const installation = await startInstallation(t);
  const page = await new Browser().post(`${installation.issuer}/language`, {}, { origin: 'null' });
  assert.equal(page.status, 403);
  const refusal = installation.logged.find((line) => line.includes('request refused')) ?? '';
  const reference = /"reference":"([0-9A-Z-]{9})"/.exec(refusal)?.[1] ?? 'none';
  assert.ok(page.body.includes(reference));
  assert.match(refusal, /"level":40.*"error":"cross-site-post","reason":"[^"]+"/);
  assert.doesNotMatch(refusal, /stack|\.ts:/);
});
