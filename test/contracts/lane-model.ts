import fc from 'fast-check';
import type { AccountId } from '#src/account/account.ts';
import { type LaneCount, type LaneSettlement, type LaneStore, STRANGERS } from '#src/lockout/ports.ts';
import type { TenantId } from '#src/tenant/tenant.ts';

const DAY = 86_400_000;
const LIMIT = 3;

interface ModelLane extends LaneCount {
  firstSeenAt: number | undefined;
  lastSeenAt: number | undefined;
}

const untouched = (): ModelLane => ({
  failures: 0,
  codeFailures: 0,
  blockedAt: undefined,
  firstSeenAt: undefined,
  lastSeenAt: undefined,
});

const countOf = ({ failures, codeFailures, blockedAt }: ModelLane): LaneCount => ({
  failures,
  codeFailures,
  blockedAt,
});

/** The lanes of one account, written as plainly as can be. */
export function createLaneModel() {
  const lanes = new Map<string, ModelLane>();
  const used = (lane: string) => (lanes.get(lane)?.firstSeenAt === undefined ? STRANGERS : lane);
  const forget = (browser: string, lane: string, at: number) => {
    for (const [name, { lastSeenAt }] of lanes) {
      const old = lastSeenAt !== undefined && lastSeenAt < at - 400 * DAY;
      if (old && name !== browser && name !== lane) lanes.delete(name);
    }
  };
  return {
    fail(lane: string, of: 'password' | 'code', at: number): LaneCount {
      const found = lanes.get(used(lane)) ?? untouched();
      lanes.set(used(lane), found);
      const count = of === 'password' ? ++found.failures : ++found.codeFailures;
      if (count >= LIMIT) found.blockedAt ??= at;
      return countOf(found);
    },
    signIn(lane: string, browser: string, at: number): LaneSettlement {
      const found = lanes.get(used(lane));
      if (found?.blockedAt !== undefined) return { kind: 'blocked' };
      const before = countOf(found ?? untouched());
      if (found !== undefined) Object.assign(found, { failures: 0, codeFailures: 0 });
      const own = lanes.get(browser) ?? untouched();
      const newBrowser = own.firstSeenAt === undefined;
      const others = [...lanes].filter(
        ([name, { firstSeenAt }]) => name !== browser && firstSeenAt !== undefined,
      );
      lanes.set(browser, { ...own, firstSeenAt: own.firstSeenAt ?? at, lastSeenAt: at });
      if (newBrowser) forget(browser, lane, at);
      return { kind: 'signed-in', before, newBrowser, knownBrowsers: others.length };
    },
    unblock(): boolean {
      const closed = [...lanes.values()].some(({ blockedAt }) => blockedAt !== undefined);
      for (const lane of lanes.values()) Object.assign(lane, { ...untouched(), ...seen(lane) });
      return closed;
    },
    list() {
      const rank = ({ lane, lastSeenAt }: { lane: string; lastSeenAt: number | undefined }) =>
        lane === STRANGERS ? Number.NEGATIVE_INFINITY : -(lastSeenAt ?? 0);
      return [...lanes]
        .map(([lane, found]) => ({ lane, lastSeenAt: found.lastSeenAt, ...countOf(found) }))
        .sort((one, other) => rank(one) - rank(other) || (one.lane < other.lane ? -1 : 1));
    },
  };
}

function seen({ firstSeenAt, lastSeenAt }: ModelLane) {
  return { firstSeenAt, lastSeenAt };
}

/** One thing that happens to an account, in the store and in the model. */
export interface LaneCommand {
  text: string;
  run(on: { lanes: LaneStore; tenantId: TenantId; accountId: AccountId }): Promise<unknown>;
  expect(model: ReturnType<typeof createLaneModel>): unknown;
}

const browsers = fc.constantFrom('a', 'b', 'c');
const anyLane = fc.constantFrom(STRANGERS, 'a', 'b', 'made-up');
const moments = fc.integer({ min: 0, max: 900 }).map((day) => Date.UTC(2026, 0, 15) + day * DAY);

const failing = fc.tuple(anyLane, fc.constantFrom('password', 'code'), moments).map(
  ([lane, of, at]): LaneCommand => ({
    text: `fail ${JSON.stringify({ lane, of, at })}`,
    run: ({ lanes, tenantId, accountId }) =>
      lanes.countFailure(tenantId, accountId, { lane, of, limit: LIMIT, at }),
    expect: (model) => model.fail(lane, of, at),
  }),
);

const signingIn = fc.tuple(anyLane, browsers, moments).map(
  ([lane, browser, at]): LaneCommand => ({
    text: `sign in ${JSON.stringify({ lane, browser, at })}`,
    run: ({ lanes, tenantId, accountId }) => lanes.signedIn(tenantId, accountId, { lane, browser, at }),
    expect: (model) => model.signIn(lane, browser, at),
  }),
);

const unblocking = fc.constant<LaneCommand>({
  text: 'unblock',
  run: ({ lanes, tenantId, accountId }) => lanes.unblock(tenantId, accountId),
  expect: (model) => model.unblock(),
});

/** Any course of an account. */
export const laneCommands = fc.array(
  fc.oneof(
    { arbitrary: failing, weight: 5 },
    { arbitrary: signingIn, weight: 4 },
    { arbitrary: unblocking, weight: 1 },
  ),
  { maxLength: 30 },
);
