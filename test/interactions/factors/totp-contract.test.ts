import { randomBytes, randomUUID } from 'node:crypto';
import { createDigester } from '#adapters/crypto/digester.ts';
import { createTotpMethod } from '#interactions/factors/totp.ts';
import type { MethodContext } from '#src/sign-in/factor.ts';
import { describeFactorMethod } from '../../contracts/factor-method.ts';
import { codeOf, keyIn } from '../../support/authenticator.ts';
import { methodContext } from '../../support/method-context.ts';

const STEP = 30_000;

/** What an app shows at the moment of `context`, and what another one shows then. */
function answersAt(context: MethodContext, data: string) {
  const code = codeOf(keyIn(data), context.now);
  const other = String((Number(code) + 1) % 1_000_000).padStart(6, '0');
  return { context, right: { code }, wrong: { code: other } };
}

describeFactorMethod('app', () => {
  const method = createTotpMethod({ digester: createDigester(randomBytes(32)) });
  const { tenant } = methodContext();
  return {
    method,
    people: [methodContext({ tenant }), methodContext({ tenant, accountId: randomUUID() })],
    async prepareSetUp(context) {
      const pending = method.setUp.begin();
      return { ...answersAt(context, pending), pending };
    },
    async prepareSignIn(context, [factor]) {
      // The code that proved the set-up is spent: the next one signs in.
      const later = { ...context, now: context.now + 2 * STEP };
      return answersAt(later, factor?.data ?? method.setUp.begin());
    },
    malformed: [{ code: '12345' }, { code: '1234567' }, { code: 'abcdef' }, { phone: '123456' }],
  };
});
