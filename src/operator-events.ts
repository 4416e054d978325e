import { type EventTrail, recorder } from './events.ts';
import type { Log } from './log.ts';
import type { TenantId } from './tenant/tenant.ts';

/** Who gave a command, and why. */
export interface OperatorContext {
  /** Of what is about the whole installation: the tenant of the configuration. */
  tenantId: TenantId;
  /** Name at the operating system, or what `--by` says. */
  operator: string;
  /** Undefined where a command may be given without one. */
  reason?: string | undefined;
  /** The command's own number, by which its records are waited for. */
  reference?: string | undefined;
}

/** What operators did with people by hand. */
interface PersonActs {
  created(context: OperatorContext, result: { account: string }): void;
  /** `changed` is false where the mark was there already; sessions and grants end all the same. */
  disabled(
    context: OperatorContext,
    result: { account: string; changed: boolean; sessions: number; grants: number },
  ): void;
  enabled(context: OperatorContext, result: { account: string; changed: boolean }): void;
  /** `again`: the link before it ended. */
  invited(context: OperatorContext, result: { account: string; again: boolean }): void;
  unblocked(context: OperatorContext, result: { account: string; changed: boolean }): void;
  secondStepReset(
    context: OperatorContext,
    result: { account: string; sessions: number; grants: number },
  ): void;
  /** Somebody looked at what is known of a person. */
  explained(context: OperatorContext, result: { account: string }): void;
}

/** What operators did with everything else. `client` and `key` are ids, never secrets. */
export interface OperatorEvents extends PersonActs {
  clientAdded(context: OperatorContext, result: { client: string }): void;
  clientRemoved(context: OperatorContext, result: { client: string }): void;
  /** Recorded with the tenant itself. */
  tenantApplied(context: OperatorContext, result: { tenant: string; change: 'created' | 'changed' }): void;
  /** `keys`: those that were made and take over. */
  keysRotated(
    context: OperatorContext,
    result: { purpose: string; keys: readonly string[]; inHaste: boolean },
  ): void;
  keyWithdrawn(
    context: OperatorContext,
    result: { purpose: string; key: string; successor: string | undefined },
  ): void;
  /** Recorded before the first text is sealed anew: `texts` is how many are to be, `key` the master key's id. */
  keysResealed(context: OperatorContext, result: { key: string; texts: number }): void;
  auditRead(context: OperatorContext, result: { how: 'show' | 'export' | 'verify'; events: number }): void;
  auditRetained(
    context: OperatorContext,
    result: { events: number; origins: number; messages: number; seals: string; proof: string },
  ): void;
}

/** Records them to the log and the audit log, each under its name. */
export function createOperatorEvents(log: Log, trail?: EventTrail): OperatorEvents {
  const record = recorder<OperatorContext>({ log, trail }, (context) => context);
  return {
    created: record('user.created', 'operator'),
    disabled: record('user.disabled', 'operator'),
    enabled: record('user.enabled', 'operator'),
    invited: record('user.invited', 'operator'),
    unblocked: record('user.unblocked', 'operator'),
    secondStepReset: record('second-step.reset', 'operator'),
    explained: record('user.explained', 'operator'),
    clientAdded: record('client.added', 'operator'),
    clientRemoved: record('client.removed', 'operator'),
    tenantApplied: record('tenant.applied', 'operator'),
    keysRotated: record('keys.rotated', 'operator'),
    keyWithdrawn: record('key.withdrawn', 'operator'),
    keysResealed: record('keys.resealed', 'operator'),
    auditRead: record('audit.read', 'operator'),
    auditRetained: record('audit.retained', 'operator'),
  };
}
