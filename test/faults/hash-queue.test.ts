import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answer, formAction } from '../support/browser.ts';
import { userinfoStatus } from '../support/relying-party.ts';
import { beginSignIn, tokensFor } from '../support/sign-in.ts';
import { assertStorelessAnswers, setFaultStage } from './stage.ts';

/** One thread and two places to wait, and a hash that takes long enough for all of them to be there at once. */
const password = { threads: 1, queue: 2, memoryKib: 65_536, passes: 20 };
const AT_ONCE = 20;

test('a rush of passwords is turned away with a time to come back, and keeps nobody else waiting', async (t) => {
  const stage = await setFaultStage(t, { password });
  const { place } = stage;
  const { tokens } = await tokensFor(place, 'binnen');
  const begun: Awaited<ReturnType<typeof beginSignIn>>[] = [];
  for (let at = 0; at < AT_ONCE; at += 1) begun.push(await beginSignIn(place));
  let judged = 0;
  const judge = async ({ browser, page }: (typeof begun)[number], at: number): Promise<Answer> => {
    const fields = { login_name: `niemand-${at}`, password: 'een heel ander wachtwoord' };
    const answer = await browser.post(formAction(page), fields);
    if (answer.status !== 503) judged += 1;
    return answer;
  };
  const answers = begun.map(judge);
  await assertStorelessAnswers(stage);
  assert.equal(await userinfoStatus(place.issuer, tokens.access_token), 200);
  assert.equal(judged, 0, 'everything else was answered while the first hash ran');

  const all = await Promise.all(answers);
  const refused = all.filter(({ status }) => status === 503);
  assert.equal(refused.length, AT_ONCE - password.threads - password.queue);
  for (const { headers, body } of refused) {
    assert.match(headers.get('retry-after') ?? '', /^\d+$/);
    assert.deepEqual(headers.getSetCookie(), []);
    assert.match(body, /data-step="error"/);
  }
  for (const { status, location } of all.filter((answer) => !refused.includes(answer))) {
    assert.equal(status, 303);
    assert.match(location ?? '', /\/interaction\//);
  }
});
