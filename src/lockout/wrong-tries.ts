import type { AccountId } from '#src/account/account.ts';
import type { Clock } from '#src/clock.ts';
import type { TenantId } from '#src/tenant/tenant.ts';
import { LANE_LIMIT } from './policy.ts';
import type { Lane, LaneStore } from './ports.ts';

/** A lane as a wrong try left it. Nobody's account has an open lane without failures. */
export interface LaneState {
  blocked: boolean;
  /** It was this try that closed it: true for one of any number of parallel ones. */
  closed: boolean;
  /** Wrong passwords since the last whole sign-in. */
  failures: number;
  /** Wrong second steps since then. */
  codeFailures: number;
}

/** Counts wrong tries where no cache can forget them. Both throw AppError `store-unavailable`. */
export interface WrongTries {
  /** A wrong password. For an unknown name (undefined) the same work finds nobody (ground rule 3). */
  password(tenantId: TenantId, accountId: AccountId | undefined, lane: Lane): Promise<LaneState>;
  /** A wrong second step behind a right password. */
  code(tenantId: TenantId, accountId: AccountId, lane: Lane): Promise<LaneState>;
}

interface Parts {
  lanes: Pick<LaneStore, 'countFailure'>;
  clock: Clock;
  limit?: number | undefined;
}

/** Counts towards the block: the `limit`-th of its kind in a row closes the lane it is in, and no other. */
export function createWrongTries({ lanes, clock, limit = LANE_LIMIT }: Parts): WrongTries {
  const count = async (
    tenantId: TenantId,
    accountId: AccountId | undefined,
    failure: { lane: Lane; of: 'password' | 'code' },
  ): Promise<LaneState> => {
    const at = clock.now();
    const left = await lanes.countFailure(tenantId, accountId, { ...failure, limit, at });
    const { failures = 0, codeFailures = 0, blockedAt } = left ?? {};
    const counted = failure.of === 'password' ? failures : codeFailures;
    const closed = blockedAt === at && counted === limit;
    return { blocked: blockedAt !== undefined, closed, failures, codeFailures };
  };
  return {
    password: (tenantId, accountId, lane) => count(tenantId, accountId, { lane, of: 'password' }),
    code: (tenantId, accountId, lane) => count(tenantId, accountId, { lane, of: 'code' }),
  };
}
