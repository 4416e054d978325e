import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { createBackupCodeMethod } from '#interactions/factors/backup-code.ts';
import type { BackupCodeAnswer } from '#src/sign-in/backup-code.ts';
import type { MethodContext } from '#src/sign-in/factor.ts';
import { describeFactorMethod } from '../../contracts/factor-method.ts';
import { type BackupCodeBench, createBackupCodeBench } from '../../src/sign-in/backup-code-bench.ts';
import { methodContext } from '../../support/method-context.ts';
import { endOfSuite } from '../../support/postgres.ts';

type Form = MethodContext['tenant']['settings']['secondStep']['backupCode'];

/** Somebody's sign-in where the tenant's backup codes have this form. */
function contextOf(backupCode: Form): MethodContext {
  const context = methodContext();
  const { settings } = context.tenant;
  const secondStep = { ...settings.secondStep, backupCode };
  return { ...context, tenant: { ...context.tenant, settings: { ...settings, secondStep } } };
}

/** The method with backup codes that give this answer; `told` are the people who heard that theirs is void. */
function methodThatSays(answer: BackupCodeAnswer) {
  const told: MethodContext[] = [];
  const asked: unknown[] = [];
  const method = createBackupCodeMethod({
    backupCodes: {
      check: async (...given) => {
        asked.push(given);
        return answer;
      },
    },
    onVoid: async (context) => {
      told.push(context);
    },
  });
  return { method, told, asked };
}

describe('backup code as a second step', () => {
  test('it is used up already when it is right: no factor is left to record, and nothing it can not be is claimed', async () => {
    const { method, told, asked } = methodThatSays('right');
    const context = methodContext();
    assert.deepEqual(await method.signIn.check(context, [], { code: '0123 4567' }), {
      ok: true,
      factorId: undefined,
      proof: { amr: ['otp'], phishingResistant: false },
    });
    assert.equal(method.phishingResistant, false);
    assert.deepEqual(asked, [[context.tenant.id, context.accountId, '0123 4567', context.now]]);
    assert.deepEqual(told, []);
  });

  test('wrong, void and none look the same, and only who lost the code by this try is told', async () => {
    for (const answer of ['wrong', 'void', 'none'] as const) {
      const { method, told } = methodThatSays(answer);
      const context = methodContext();
      assert.deepEqual(await method.signIn.check(context, [], { code: '01234567' }), {
        ok: false,
        reason: 'wrong',
      });
      assert.deepEqual(told, answer === 'void' ? [context] : []);
    }
  });

  test('where the tenant has no backup codes any more an old one is not even looked at', async () => {
    const { method, asked } = methodThatSays('right');
    const check = await method.signIn.check(contextOf('none'), [], { code: '01234567' });
    assert.deepEqual(check, { ok: false, reason: 'unavailable' });
    assert.deepEqual(asked, []);
  });

  test('its field takes the form of the tenant, and no phone offers a code of a text message for it', () => {
    const { method } = methodThatSays('none');
    const [short, long] = (['digits', 'base32'] as const).map((form) =>
      method.signIn.field(contextOf(form), [], undefined),
    );
    assert.ok(short?.type === 'text' && long?.type === 'text');
    assert.deepEqual([short.inputMode, long.inputMode], ['numeric', 'text']);
    assert.deepEqual([short.autocomplete, long.autocomplete], ['off', 'off']);
    assert.ok(short.maxLength >= '0123 4567'.length * 2 && long.maxLength >= '0AB1 C2D3 E4F5G'.length * 2);
  });

  test('it is set up by nobody and sends nothing', () => {
    const { method } = methodThatSays('none');
    assert.equal(method.setUp, undefined);
    assert.deepEqual(method.channels(methodContext().tenant), []);
  });
});

describe('backup code as one of the methods', () => {
  const ending = endOfSuite();
  let bench: BackupCodeBench;
  let people = 0;

  before(async () => {
    bench = await createBackupCodeBench(ending);
  });

  const addPerson = async (): Promise<MethodContext> => {
    people += 1;
    const context = methodContext({
      accountId: await bench.addPerson(`persoon-${people}`),
      now: bench.clock.now(),
    });
    return { ...context, tenant: { ...context.tenant, id: bench.tenantId } };
  };

  describeFactorMethod('backup code', async () => ({
    method: createBackupCodeMethod({ backupCodes: bench.codes }),
    people: [await addPerson(), await addPerson()],
    async prepareSignIn(context) {
      const expected = (await bench.store.find(bench.tenantId, context.accountId))?.id;
      const code = '01234567';
      assert.ok(await bench.codes.keep(bench.tenantId, context.accountId, code, expected, context.now));
      return { context, right: { code }, wrong: { code: '76543210' } };
    },
    malformed: [{ code: '1234' }, { code: '123456789' }, { code: 'geen idee' }, { phone: '01234567' }],
  }));
});
