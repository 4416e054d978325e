import type { FactorMethod } from './factor.ts';
import type { FlowProof } from './flow-state.ts';
import type { FactorStore } from './ports.ts';
import type { Turn } from './turn.ts';

interface Parts {
  factors: Pick<FactorStore, 'list'>;
  methods: readonly Pick<FactorMethod, 'kind' | 'setUp'>[];
}

/**
 * Tells whether what a sign-in proved still counts: a method that gave a proof is the person's own, and was so at that
 * moment. One that was removed since, or set up anew by whoever it was reset for, gives nothing (ASVS 6.5.6). A spare
 * is no method of the store: it counts as long as there is some method beside which it was given out.
 */
export function createStandingProofs({ factors, methods }: Parts) {
  const isSpare = (kind: string) =>
    methods.some((method) => method.kind === kind && method.setUp === undefined);

  return async (at: Turn, accountId: string, proofs: readonly FlowProof[]): Promise<boolean> => {
    if (proofs.length === 0) return true;
    const owned = await factors.list(at.tenantId, accountId);
    return proofs.every((proof) =>
      owned.some(
        ({ kind, createdAt }) => createdAt <= proof.at && (kind === proof.method || isSpare(proof.method)),
      ),
    );
  };
}

export type StandingProofs = ReturnType<typeof createStandingProofs>;
