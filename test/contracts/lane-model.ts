import fc from 'fast-check';
import type { AccountId } from '#src/account/account.ts';
import { type LaneCount, type LaneSettlement, type LaneStore, STRANGERS } from '#src/lockout/ports.ts';
import type { TenantId } from '#src/tenant/tenant.ts';

const DAY = 86_400_000;
const LIMIT = 3;

interface ModelLane extends LaneCount {
  firstSeenAt: number | undefined;
  lastSeenAt: number | undefined;
  agent: string | undefined;
}

/** A sign-in; without a browser it is on a shared computer. */
interface ModelSignIn {
  lane: string;
  browser: string | undefined;
  agent: string | undefined;
  at: number;
}

const untouched = (): ModelLane => ({
  failures: 0,
  codeFailures: 0,
  blockedAt: undefined,
  firstSeenAt: undefined,
  lastSeenAt: undefined,
  agent: undefined,
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
  const forgetOld = (browser: string, lane: string, at: number) => {
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
    signIn({ lane, browser, agent, at }: ModelSignIn): LaneSettlement {
      const found = lanes.get(used(lane));
      if (found?.blockedAt !== undefined) return { kind: 'blocked' };
      const before = countOf(found ?? untouched());
      if (found !== undefined) Object.assign(found, { failures: 0, codeFailures: 0 });
      const { length: knownBrowsers } = [...lanes].filter(
        ([name, { firstSeenAt }]) => name !== browser && firstSeenAt !== undefined,
      );
      if (browser === undefined) return { kind: 'signed-in', before, newBrowser: true, knownBrowsers };
      const own = lanes.get(browser) ?? untouched();
      const newBrowser = own.firstSeenAt === undefined;
      lanes.set(browser, { ...own, firstSeenAt: own.firstSeenAt ?? at, lastSeenAt: at, agent });
      if (newBrowser) forgetOld(browser, lane, at);
      return { kind: 'signed-in', before, newBrowser, knownBrowsers };
    },
    forget(which: { lane: string } | { allBut: string | undefined }): number {
      const gone = [...lanes.keys()].filter(
        (name) => name !== STRANGERS && ('lane' in which ? name === which.lane : name !== which.allBut),
      );
      for (const name of gone) lanes.delete(name);
      return gone.length;
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
        .map(([lane, found]) => ({ lane, ...seen(found), ...countOf(found) }))
        .sort((one, other) => rank(one) - rank(other) || (one.lane < other.lane ? -1 : 1));
    },
  };
}

function seen({ firstSeenAt, lastSeenAt, agent }: ModelLane) {
  return { firstSeenAt, lastSeenAt, agent };
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

const agents = fc.constantFrom(undefined, 'Firefox', 'Chrome');

const signingIn = fc.tuple(anyLane, fc.option(browsers, { nil: undefined }), agents, moments).map(
  ([lane, browser, agent, at]): LaneCommand => ({
    text: `sign in ${JSON.stringify({ lane, browser, agent, at })}`,
    run: ({ lanes, tenantId, accountId }) =>
      lanes.signedIn(tenantId, accountId, { lane, browser, agent, at }),
    expect: (model) => model.signIn({ lane, browser, agent, at }),
  }),
);

const forgetting = fc
  .oneof(
    fc.record({ lane: anyLane }),
    fc.record({ allBut: fc.constantFrom(undefined, STRANGERS, 'a', 'made-up') }),
  )
  .map(
    (which): LaneCommand => ({
      text: `forget ${JSON.stringify(which)}`,
      run: ({ lanes, tenantId, accountId }) => lanes.forget(tenantId, accountId, which),
      expect: (model) => model.forget(which),
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
    { arbitrary: forgetting, weight: 1 },
  ),
  { maxLength: 30 },
);
