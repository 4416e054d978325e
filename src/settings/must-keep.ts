import type { TenantSettings } from '#config/tenant.ts';
import { allowedMethods, type KnownMethod, policyOf } from '#src/enrolment/policy.ts';
import type { MustKeep } from '#src/sign-in/ports.ts';

/** Whether a method may go. `last`: no other one is taken by the tenant · `required`: the tenant insists on its kind. */
export type Removable = 'yes' | 'last' | 'required';

interface Lists {
  allowed: readonly string[];
  /** Of each page with required kinds: those kinds. */
  required: readonly (readonly string[])[];
}

function listsOf(settings: TenantSettings, registry: readonly KnownMethod[]): Lists {
  const { pages, required } = policyOf(settings, registry);
  return {
    allowed: allowedMethods(settings, registry).map(({ kind }) => kind),
    // As an enrolment treats it: of several required kinds on one page one will do.
    required: pages
      .map(({ kinds }) => kinds.filter((kind) => required.includes(kind)))
      .filter((kinds) => kinds.length > 0),
  };
}

const hasOne = (owned: readonly string[], kinds: readonly string[]) =>
  owned.some((kind) => kinds.includes(kind));

/**
 * What must be left of the methods of a person who has these kinds: one that the tenant takes, and what it insists on.
 * What they lack already keeps nothing: the next sign-in asks for it.
 */
export function mustKeep(
  settings: TenantSettings,
  registry: readonly KnownMethod[],
  owned: readonly string[],
): MustKeep {
  const { allowed, required } = listsOf(settings, registry);
  return [allowed, ...required].filter((kinds) => hasOne(owned, kinds));
}

/** Whether a person has no more than one method that the tenant takes: losing it means the help desk. */
export function isOneWayLeft(
  settings: TenantSettings,
  registry: readonly KnownMethod[],
  owned: readonly { kind: string }[],
): boolean {
  const { allowed } = listsOf(settings, registry);
  return owned.filter(({ kind }) => allowed.includes(kind)).length <= 1;
}

/** Whether one method of this kind may go from a person who has these kinds, each as often as they have it. */
export function removable(
  settings: TenantSettings,
  registry: readonly KnownMethod[],
  { owned, kind }: { owned: readonly string[]; kind: string },
): Removable {
  const left = owned.toSpliced(owned.indexOf(kind), 1);
  const { allowed, required } = listsOf(settings, registry);
  const isMissed = (kinds: readonly string[]) => hasOne(owned, kinds) && !hasOne(left, kinds);
  if (left.length === 0 || isMissed(allowed)) return 'last';
  return required.some(isMissed) ? 'required' : 'yes';
}
