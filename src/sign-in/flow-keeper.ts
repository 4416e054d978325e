import type { Sealer } from '#src/secret/ports.ts';
import type { TenantId } from '#src/tenant/tenant.ts';
import { type SignInFlow, signInFlowSchema } from './flow-state.ts';
import type { FlowStore } from './ports.ts';
import { startFlow } from './sign-in-flow.ts';

/** A flow with the version it was read at; 0 when it was never stored. */
export interface KeptFlow {
  flow: SignInFlow;
  version: number;
}

interface Parts {
  flows: FlowStore;
  sealer: Sealer;
  /** Seconds a flow outlives its last step. */
  ttl: number;
}

/**
 * Keeps flows sealed between two requests: a flow carries an unproved seed and what people typed. A flow that was
 * never stored, or expired, begins at the beginning; so does one that another version of the product left, of which only
 * this product's own seal is known to be right: while replicas are replaced, both versions answer one browser.
 */
export function createFlowKeeper({ flows, sealer, ttl }: Parts) {
  const context = (tenantId: TenantId, uid: string) => `flow:${tenantId}:${uid}`;
  return {
    async load(tenantId: TenantId, uid: string, loginHint: string): Promise<KeptFlow> {
      const stored = await flows.load(tenantId, uid);
      if (stored === undefined) return { flow: startFlow(loginHint), version: 0 };
      const opened: unknown = JSON.parse(sealer.open(stored.value, context(tenantId, uid)));
      const read = signInFlowSchema.safeParse(opened);
      return { flow: read.success ? read.data : startFlow(loginHint), version: stored.version };
    },
    /** False when another request of the same flow saved first: that one's outcome stands. */
    save(tenantId: TenantId, uid: string, flow: SignInFlow, version: number): Promise<boolean> {
      const value = sealer.seal(JSON.stringify(flow), context(tenantId, uid));
      return flows.save(tenantId, uid, value, version, ttl);
    },
    remove: (tenantId: TenantId, uid: string): Promise<void> => flows.remove(tenantId, uid),
  };
}

export type FlowKeeper = ReturnType<typeof createFlowKeeper>;
