import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ArtifactStore } from '#src/provider/ports.ts';
import type { MakeBench } from '../../contracts/volatile-bench.ts';
import { createTestProvider, type RunningProvider, saveCode, saveGrant, serve } from './provider-bench.ts';

/** A grant's first refresh token. */
async function signIn(running: RunningProvider, code: string): Promise<string> {
  const { refresh_token: token } = await running.exchange(code);
  assert.ok(token);
  return token;
}

/** Single use as an application meets it: over HTTP, at the real token endpoint. */
export function describeTokenEndpoint(makeBench: MakeBench<ArtifactStore>): void {
  test('50 parallel exchanges of one code buy at most one answer, and that one is worth nothing', async (t) => {
    const provider = createTestProvider(await makeBench(t));
    const running = await serve(t, provider);
    const code = await saveCode(provider, await saveGrant(provider));
    const answers = await Promise.all(Array.from({ length: 50 }, () => running.exchange(code)));
    const bought = answers.filter(({ status }) => status === 200);
    assert.ok(bought.length <= 1, `${bought.length} answers`);
    for (const { status, error } of answers) if (status !== 200) assert.equal(error, 'invalid_grant');
    for (const { access_token: token } of bought) {
      assert.ok(token);
      assert.equal(await running.userinfo(token), 401);
    }
  });

  test('a used code buys nothing twice, and the second try ends what the first one bought', async (t) => {
    const provider = createTestProvider(await makeBench(t));
    const running = await serve(t, provider);
    const code = await saveCode(provider, await saveGrant(provider));
    const first = await running.exchange(code);
    assert.ok(first.access_token && first.refresh_token);
    assert.equal(await running.userinfo(first.access_token), 200);
    assert.equal((await running.exchange(code)).error, 'invalid_grant');
    assert.equal(await running.userinfo(first.access_token), 401);
    assert.equal((await running.refresh(first.refresh_token)).error, 'invalid_grant');
  });

  test('a refresh whose answer got lost may be repeated once within the grace', async (t) => {
    const bench = await makeBench(t);
    const provider = createTestProvider(bench);
    const running = await serve(t, provider);
    const token = await signIn(running, await saveCode(provider, await saveGrant(provider)));
    const first = await running.refresh(token);
    await bench.pass(9_000);
    const sibling = await running.refresh(token);
    assert.ok(first.refresh_token && sibling.refresh_token && sibling.access_token);
    assert.notEqual(sibling.refresh_token, first.refresh_token);
    assert.equal((await running.refresh(first.refresh_token)).status, 200, 'both siblings live');

    assert.equal((await running.refresh(token)).error, 'invalid_grant', 'a third use');
    assert.equal((await running.refresh(sibling.refresh_token)).error, 'invalid_grant', 'ends the grant');
    assert.equal(await running.userinfo(sibling.access_token), 401);
  });

  test('a refresh token that comes back after the grace ends the grant', async (t) => {
    const bench = await makeBench(t);
    const provider = createTestProvider(bench);
    const running = await serve(t, provider);
    const token = await signIn(running, await saveCode(provider, await saveGrant(provider)));
    const first = await running.refresh(token);
    assert.ok(first.refresh_token && first.access_token);
    await bench.pass(10_000);
    assert.equal((await running.refresh(token)).error, 'invalid_grant');
    assert.equal((await running.refresh(first.refresh_token)).error, 'invalid_grant');
    assert.equal(await running.userinfo(first.access_token), 401);
  });

  test('of 50 parallel refreshes two at most are answered, and the flood ends the grant', async (t) => {
    const provider = createTestProvider(await makeBench(t));
    const running = await serve(t, provider);
    const token = await signIn(running, await saveCode(provider, await saveGrant(provider)));
    const answers = await Promise.all(Array.from({ length: 50 }, () => running.refresh(token)));
    const answered = answers.filter(({ status }) => status === 200);
    assert.ok(answered.length <= 2, `${answered.length} answers`);
    for (const { status, error } of answers) if (status !== 200) assert.equal(error, 'invalid_grant');
    for (const { refresh_token: sibling } of answered) {
      assert.ok(sibling);
      assert.equal((await running.refresh(sibling)).error, 'invalid_grant');
    }
  });
}
