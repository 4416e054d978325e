import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { STRANGERS } from '#src/lockout/ports.ts';
import { createWrongTries } from '#src/lockout/wrong-tries.ts';
import { endOfSuite } from '../../support/postgres.ts';
import { createSignInBench, recordCalls, type SignInBench } from '../sign-in/sign-in-bench.ts';

const OPEN = { blocked: false, closed: false, failures: 0, codeFailures: 0 };

describe('wrong tries in a row', () => {
  const ending = endOfSuite();
  let bench: SignInBench;

  before(async () => {
    bench = await createSignInBench(ending);
  });

  const triesOf = (limit: number) => createWrongTries({ ...bench, limit });

  test('of passwords and of codes are counted apart, and either closes the lane', async () => {
    const { tenantId } = bench;
    const tries = triesOf(2);
    const { id } = await bench.addAccount('apart');
    assert.deepEqual(await tries.password(tenantId, id, STRANGERS), { ...OPEN, failures: 1 });
    assert.deepEqual(await tries.code(tenantId, id, STRANGERS), { ...OPEN, failures: 1, codeFailures: 1 });
    const shut = { blocked: true, closed: true, failures: 1, codeFailures: 2 };
    assert.deepEqual(await tries.code(tenantId, id, STRANGERS), shut);
    bench.clock.advance(1);
    const later = { blocked: true, closed: false, failures: 2, codeFailures: 2 };
    assert.deepEqual(await tries.password(tenantId, id, STRANGERS), later, 'it was closed already');
  });

  test('of 20 at once one closes the lane', async () => {
    const { id } = await bench.addAccount('tegelijk');
    const tries = triesOf(7);
    const all = await Promise.all(
      Array.from({ length: 20 }, () => tries.password(bench.tenantId, id, STRANGERS)),
    );
    assert.equal(all.filter(({ closed }) => closed).length, 1);
    assert.equal(all.filter(({ blocked }) => blocked).length, 14);
  });

  test('at nobody’s account cost the same call, and close nothing', async () => {
    const { recorded: lanes, calls } = recordCalls(bench.lanes);
    const tries = createWrongTries({ lanes, clock: bench.clock, limit: 1 });
    assert.deepEqual(await tries.password(bench.tenantId, undefined, STRANGERS), OPEN);
    assert.deepEqual(calls, ['countFailure']);
  });
});
