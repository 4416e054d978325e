import type { TenantSettings } from '#config/tenant.ts';
import type { FactorMethod } from '#src/sign-in/factor.ts';
import type { EnrolmentPolicy } from './plan.ts';

/** The registry as far as a policy is about it. */
export type KnownMethod = Pick<FactorMethod, 'kind' | 'setUp' | 'phishingResistant' | 'channels'> & {
  signIn: Pick<FactorMethod['signIn'], 'send'>;
};

/** What a person of this tenant could set up: a method that sends codes has a way to send them. */
function settable<Method extends KnownMethod>(
  settings: TenantSettings,
  registry: readonly Method[],
): Method[] {
  return registry.filter(
    ({ setUp, signIn, channels }) =>
      setUp !== undefined && (signIn.send === undefined || channels({ settings }).length > 0),
  );
}

/** Methods that people of a tenant may set up, in the order they are offered. */
export function allowedMethods<Method extends KnownMethod>(
  settings: TenantSettings,
  registry: readonly Method[],
): Method[] {
  const { secondStep } = settings;
  const ofPages = settable(settings, registry);
  if (secondStep.methods === undefined) return ofPages;
  return secondStep.methods.flatMap((name) => ofPages.filter(({ kind }) => kind === name));
}

/** A tenant's policy against the methods there are. */
export function policyOf(settings: TenantSettings, registry: readonly KnownMethod[]): EnrolmentPolicy {
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

/** Something that this installation can't keep. `key` is among the tenant's settings; `reason` follows it in a sentence. */
export interface PolicyFault {
  key: string;
  reason: string;
}

/**
 * What is wrong with a tenant's choice of methods, for the operator, all at once. Told at the start and when a tenant
 * is applied.
 */
export function policyFaults(settings: TenantSettings, registry: readonly KnownMethod[]): PolicyFault[] {
  const { secondStep } = settings;
  const there = settable(settings, registry).map(({ kind }) => kind);
  const list = there.length === 0 ? 'none' : there.join(', ');
  const unknown = (key: string, names: readonly string[]): PolicyFault[] =>
    names
      .filter((name) => !there.includes(name))
      .map((name) => ({
        key,
        reason: `names ${name}, which this installation can not do (it can: ${list})`,
      }));
  const faults = [
    ...unknown('secondStep.methods', secondStep.methods ?? []),
    ...unknown('secondStep.required', secondStep.methods === undefined ? secondStep.required : []),
  ];
  if (there.length > 0) return faults;
  return [...faults, { key: 'secondStep.methods', reason: 'has no method that people could set up' }];
}
