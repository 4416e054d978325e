import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { ArtifactStore } from '#src/provider/ports.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { askEndpoint, userinfoStatus } from '../support/relying-party.ts';
import { tokensFor } from '../support/sign-in.ts';

/** What an installation's store was asked while `act` ran, in order: method and model. */
async function askedWhile({ running }: Installation, act: () => Promise<unknown>): Promise<string[]> {
  const { artifacts } = running.composition.volatile;
  const asked: string[] = [];
  const { find, findByUid, findInContext, consume, upsert } = artifacts;
  const note = <T>(question: string, ask: () => T): T => {
    asked.push(question);
    return ask();
  };
  const listening: Partial<ArtifactStore> = {
    find: (...args) => note(`find ${args[1]}`, () => find(...args)),
    findByUid: (...args) => note(`findByUid ${args[1]}`, () => findByUid(...args)),
    findInContext: (...args) => note(`findInContext ${args[1]}`, () => findInContext(...args)),
    consume: (...args) => note(`consume ${args[1]}`, () => consume(...args)),
    upsert: (write) => note(`upsert ${write.model}`, () => upsert(write)),
  };
  Object.assign(artifacts, listening);
  try {
    await act();
  } finally {
    Object.assign(artifacts, { find, findByUid, findInContext, consume, upsert });
  }
  return asked;
}

describe('a request asks the store of sessions and tokens no more than it must', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending);
  });

  test('userinfo and introspection ask once: a token comes with its grant and its session', async () => {
    const { party, tokens } = await tokensFor(installation, 'eenmaal');
    const token = tokens.access_token ?? '';
    const once = ['findInContext AccessToken'];
    const userinfo = () => userinfoStatus(installation.issuer, token);
    assert.deepEqual(await askedWhile(installation, userinfo), once);
    const secret = { client_id: party.id, client_secret: party.secret ?? '', token };
    const hinted = { ...secret, token_type_hint: 'access_token' };
    const introspect = () => askEndpoint(`${installation.issuer}/token/introspection`, hinted);
    assert.deepEqual(await askedWhile(installation, introspect), once);
  });

  test('a refresh reads once, spends once and writes what it gives', async () => {
    const { party, tokens } = await tokensFor(installation, 'vernieuw');
    const refresh = () =>
      party.askToken({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' });
    const asked = await askedWhile(installation, refresh);
    assert.deepEqual(asked.slice(0, 4), [
      'findInContext RefreshToken',
      'consume RefreshToken',
      'upsert RefreshToken',
      'upsert AccessToken',
    ]);
  });
});
