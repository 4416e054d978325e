import { AppError } from '#src/errors.ts';
import type { Sealer } from '#src/secret/ports.ts';
import { secretHash } from '#src/secret/secret-hash.ts';
import type { FlowStore } from '#src/sign-in/ports.ts';
import type { TenantId } from '#src/tenant/tenant.ts';
import {
  next,
  type RecoveryEvent,
  type RecoveryFlow,
  recoveryFlowSchema,
  startRecovery,
} from './recovery-flow.ts';

/** Seconds a recovery outlives its last step (design: interaction, 60 minutes). */
export const RECOVERY_TTL = 60 * 60;

/** How often an event is applied anew to what other requests of the flow saved meanwhile; each beats one of them. */
const SAVE_TRIES = 20;

/** Refusals give way to what another request of the flow saved first: two presses on one button have one answer. */
const YIELDING: ReadonlySet<RecoveryEvent['kind']> = new Set([
  'ask-refused',
  'code-refused',
  'answer-refused',
  'password-refused',
  'overtaken',
]);

/** A recovery with the version it was read at; 0 when it was never stored. */
export interface KeptRecovery {
  flow: RecoveryFlow;
  version: number;
}

/** The request that a kept recovery belongs to: its tenant, and the secret of its browser. */
export interface RecoveryKey {
  tenantId: TenantId;
  flowId: string;
}

/**
 * Keeps recoveries sealed between two requests, under the hash of the browser's secret: who reads the store can't go on
 * with any of them. One that is not there, or that another version of the product left, begins at the beginning.
 */
export function createRecoveryKeeper({ flows, sealer }: { flows: FlowStore; sealer: Sealer }) {
  const uidOf = (flowId: string) => `recovery:${secretHash(flowId)}`;
  const contextOf = ({ tenantId, flowId }: RecoveryKey) => `recovery:${tenantId}:${uidOf(flowId)}`;

  const load = async (of: RecoveryKey): Promise<KeptRecovery> => {
    const stored = await flows.load(of.tenantId, uidOf(of.flowId));
    if (stored === undefined) return { flow: startRecovery(), version: 0 };
    const opened: unknown = JSON.parse(sealer.open(stored.value, contextOf(of)));
    const read = recoveryFlowSchema.safeParse(opened);
    return { flow: read.success ? read.data : startRecovery(), version: stored.version };
  };

  const save = (of: RecoveryKey, flow: RecoveryFlow, version: number): Promise<boolean> => {
    const value = sealer.seal(JSON.stringify(flow), contextOf(of));
    return flows.save(of.tenantId, uidOf(of.flowId), value, version, RECOVERY_TTL);
  };

  return {
    load,
    save,
    remove: ({ tenantId, flowId }: RecoveryKey): Promise<void> => flows.remove(tenantId, uidOf(flowId)),

    /** Takes a recovery on by what happened, and saves it: the flow as it then stands. */
    async advance(of: RecoveryKey, kept: KeptRecovery, event: RecoveryEvent): Promise<RecoveryFlow> {
      let current = kept;
      for (let tries = 0; tries < SAVE_TRIES; tries += 1) {
        const following = next(current.flow, event);
        if (following === undefined) return current.flow;
        if (await save(of, following, current.version)) return following;
        current = await load(of);
        if (YIELDING.has(event.kind)) return current.flow;
      }
      throw new AppError('flow-conflict', 503, 'a recovery was changed by others all the time', {
        retryAfter: 1,
      });
    },
  };
}

export type RecoveryKeeper = ReturnType<typeof createRecoveryKeeper>;
