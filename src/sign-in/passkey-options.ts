import type { FactorMethod, PasskeyPurpose } from './factor.ts';
import type { FactorStore } from './ports.ts';
import { methodsOnPage } from './prepare-step.ts';
import { methodContext, type Turn } from './turn.ts';
import type { Turns } from './turns.ts';

interface Parts {
  turns: Pick<Turns, 'current'>;
  factors: Pick<FactorStore, 'list'>;
  methods: readonly FactorMethod[];
  clock: { now(): number };
}

/**
 * What the script of a passkey field asks the browser to sign: made fresh at each press, so that no page is ever too old
 * for it. Undefined when the sign-in is at no step that wants it.
 */
export function createPasskeyOptions({ turns, factors, methods, clock }: Parts) {
  const methodFor = (at: Turn, flow: Awaited<ReturnType<Turns['current']>>, purpose: PasskeyPurpose) => {
    if (purpose === 'sign-in' && flow.step === 'second-step') {
      return methods.find(({ kind }) => kind === flow.method);
    }
    if (purpose === 'set-up' && flow.step === 'enrol') {
      return methodsOnPage(at, methods, flow.page).find((method) => method.passkeyOptions !== undefined);
    }
    return undefined;
  };

  return async (at: Turn, purpose: PasskeyPurpose): Promise<object | undefined> => {
    const flow = await turns.current(at);
    const method = methodFor(at, flow, purpose);
    if (method?.passkeyOptions === undefined || !('accountId' in flow) || !('loginName' in flow))
      return undefined;
    // A set-up by the password alone learns nothing of what the person may have set up meanwhile.
    const proved = flow.step !== 'enrol' || flow.proofs.length > 0;
    const all = proved ? await factors.list(at.tenantId, flow.accountId) : [];
    const owned = all.filter(({ kind }) => kind === method.kind);
    return method.passkeyOptions(methodContext(at, flow, clock.now()), purpose, owned);
  };
}

export type PasskeyOptions = ReturnType<typeof createPasskeyOptions>;
