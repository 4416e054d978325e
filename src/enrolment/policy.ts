import type { TenantSettings } from '#config/tenant.ts';
import type { FactorMethod } from '#src/sign-in/factor.ts';
import type { EnrolmentPolicy } from './plan.ts';

/** The registry as far as a policy is about it. */
export type KnownMethod = Pick<FactorMethod, 'kind' | 'setUp' | 'phishingResistant'>;

type Decided = Pick<TenantSettings, 'secondStep' | 'firstSignIn'>;

/** Methods that people of a tenant may set up, in the order they are offered. */
export function allowedMethods<Method extends KnownMethod>(
  { secondStep }: Pick<TenantSettings, 'secondStep'>,
  registry: readonly Method[],
): Method[] {
  const ofPages = registry.filter(({ setUp }) => setUp !== undefined);
  if (secondStep.methods === undefined) return ofPages;
  return secondStep.methods.flatMap((name) => ofPages.filter(({ kind }) => kind === name));
}

/** A tenant's policy against the methods there are. */
export function policyOf(settings: Decided, registry: readonly KnownMethod[]): EnrolmentPolicy {
  const pages = new Map<string, string[]>();
  for (const { kind, setUp } of allowedMethods(settings, registry)) {
    if (setUp !== undefined) pages.set(setUp.page, [...(pages.get(setUp.page) ?? []), kind]);
  }
  const { asks } = settings.firstSignIn;
  return {
    pages: [...pages].map(([page, kinds]) => ({ page, kinds })),
    required: settings.secondStep.required,
    backupCode: settings.secondStep.backupCode !== 'none',
    asks: asks === 'nothing' ? undefined : asks,
  };
}

/**
 * What is wrong with a tenant's choice of methods, in sentences for the operator; each names its key. Told at the start
 * and when a tenant is applied.
 */
export function policyFaults({ secondStep }: Decided, registry: readonly KnownMethod[]): string[] {
  const there = registry.filter(({ setUp }) => setUp !== undefined).map(({ kind }) => kind);
  const list = there.length === 0 ? 'none' : there.join(', ');
  const unknown = (key: string, names: readonly string[]) =>
    names
      .filter((name) => !there.includes(name))
      .map(
        (name) =>
          `tenant.secondStep.${key} names ${name}, which this installation can not do (it can: ${list})`,
      );
  const faults = [
    ...unknown('methods', secondStep.methods ?? []),
    ...unknown('required', secondStep.methods === undefined ? secondStep.required : []),
  ];
  if (there.length === 0) faults.push('there is no second-step method that people could set up');
  return faults;
}
