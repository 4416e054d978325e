import type { FactorMethod } from '#src/sign-in/factor.ts';
import { createTotpMethod } from './totp.ts';

/** Every second-step method there is, in the order they are offered. A new method is one line here. */
export const factorMethods: readonly FactorMethod[] = [createTotpMethod()];

/** The method of a factor's or a flow's `kind`; undefined for one that this version does not have. */
export function methodOf(kind: string): FactorMethod | undefined {
  return factorMethods.find((method) => method.kind === kind);
}
