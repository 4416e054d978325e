import type { TenantId } from '#src/tenant/tenant.ts';
import { type KeyPlan, type KeySchedule, planHaste, planRotation, planWithdrawal } from './key-plan.ts';
import { type KeyRole, rolesAt } from './key-roles.ts';
import { COOKIE_KEYS, DIGEST_KEYS, ensureKeys, type FirstKeyParts, signingKeysOf } from './keys.ts';
import { type KeyKind, kindsOf, makeKey } from './make-key.ts';
import type { KeyOwner, StoredKey } from './ports.ts';

/** What operators may know of a key: everything but its secret. Moments are milliseconds; `until` as far as known. */
export interface KeyFacts {
  id: string;
  purpose: KeyOwner['purpose'];
  kind: KeyKind;
  role: KeyRole;
  since: number;
  until: number | undefined;
}

/** Which keys get a successor, and how soon it signs: after the overlap, or as soon as every process knows it. */
export interface RotationWish {
  purpose: 'signing' | 'cookie';
  /** Undefined: every kind of that purpose. */
  kind: KeyKind | undefined;
  inHaste: boolean;
}

/** The key of one kind that takes over; `made` is false for one that was waiting already. */
export interface Rotation {
  kind: KeyKind;
  id: string;
  signsFrom: number;
  made: boolean;
}

/** How a withdrawal went; `at` is when the key is worth nothing any more, `successor` what is in its place. */
export type Withdrawal =
  | { result: 'unknown' }
  | { result: 'digest' }
  | { result: 'over'; role: KeyRole; at: number }
  | {
      result: 'withdrawn';
      purpose: KeyOwner['purpose'];
      kind: KeyKind;
      role: KeyRole;
      at: number;
      successor: { id: string; signsFrom: number } | undefined;
    };

/** What operators do with keys: those of a tenant and those of the installation. */
export interface KeyOperations {
  /** Oldest first within a kind, with those that are worth nothing any more. */
  list(tenantId: TenantId): Promise<KeyFacts[]>;
  rotate(tenantId: TenantId, wish: RotationWish): Promise<Rotation[]>;
  withdraw(tenantId: TenantId, id: string): Promise<Withdrawal>;
}

export interface KeyOperationsParts extends FirstKeyParts {
  schedule: KeySchedule;
}

/** Another process changes the same keys at the same time at most so often. */
const TRIES = 5;

/** Plans on what is stored now, and again while another process was first; undefined when nothing is to be done. */
async function carryOut(
  { keys, clock }: KeyOperationsParts,
  { owner, kind }: { owner: KeyOwner; kind: KeyKind },
  plan: (chain: StoredKey[], now: number) => KeyPlan | undefined,
) {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const chain = (await keys.list(owner)).filter((key) => key.kind === kind);
    const now = clock.now();
    const planned = plan(chain, now);
    if (planned === undefined) return undefined;
    const { add, withdraw } = planned;
    const made = add === undefined ? undefined : await makeKey(owner, kind, { ...add, createdAt: now });
    if (await keys.change(owner, { add: made, withdraw })) return { made, withdraw };
  }
  throw new Error('other processes change the same keys over and over');
}

/** The key that will sign next, of those that nobody took away. */
function waiting(chain: readonly StoredKey[], now: number): StoredKey | undefined {
  return chain.find(({ withdrawnAt, currentFrom }) => withdrawnAt === undefined && currentFrom > now);
}

async function rotateKind(
  parts: KeyOperationsParts,
  owner: KeyOwner,
  { kind, inHaste }: { kind: KeyKind; inHaste: boolean },
): Promise<Rotation> {
  const { keys, clock, schedule } = parts;
  const done = await carryOut(parts, { owner, kind }, (chain, now) =>
    inHaste ? planHaste(chain, now) : planRotation(chain, now, schedule),
  );
  if (done?.made !== undefined) {
    return { kind, id: done.made.id, signsFrom: done.made.currentFrom, made: true };
  }
  const chain = (await keys.list(owner)).filter((key) => key.kind === kind);
  const next = waiting(chain, clock.now()) ?? chain.findLast(({ withdrawnAt }) => withdrawnAt === undefined);
  if (next === undefined) throw new Error('a kind of keys has none that signs');
  return { kind, id: next.id, signsFrom: next.currentFrom, made: false };
}

async function withdrawFound(
  parts: KeyOperationsParts,
  owner: KeyOwner,
  key: StoredKey,
): Promise<Withdrawal> {
  const { keys, clock, schedule } = parts;
  const { id, kind } = key;
  const { overlapMs } = schedule;
  const roleOf = (chain: readonly StoredKey[], now: number) =>
    rolesAt(chain, { now, overlapMs }).find((found) => found.key.id === id);
  const before: { role: KeyRole } = { role: 'current' };
  const done = await carryOut(parts, { owner, kind }, (chain, now) => {
    before.role = roleOf(chain, now)?.role ?? before.role;
    return planWithdrawal(chain, { id, now, overlapMs });
  });
  const { role } = before;
  const chain = (await keys.list(owner)).filter((one) => one.kind === kind);
  const found = roleOf(chain, clock.now());
  const at = done?.withdraw.find((one) => one.id === id)?.at;
  if (at === undefined) {
    return { result: 'over', role: found?.role ?? role, at: found?.key.withdrawnAt ?? found?.since ?? 0 };
  }
  const next = done?.made ?? (role === 'previous' ? undefined : waiting(chain, clock.now()));
  const successor = next === undefined ? undefined : { id: next.id, signsFrom: next.currentFrom };
  return { result: 'withdrawn', purpose: owner.purpose, kind, role, at, successor };
}

/** What operators do with keys, over stores that are open. */
export function createKeyOperations(parts: KeyOperationsParts): KeyOperations {
  const { keys, clock, schedule } = parts;
  const ownersOf = (tenantId: TenantId) => [signingKeysOf(tenantId), COOKIE_KEYS, DIGEST_KEYS];
  const factsOf = async (owner: KeyOwner): Promise<KeyFacts[]> => {
    const stored = await keys.list(owner);
    const moment = { now: clock.now(), overlapMs: schedule.overlapMs };
    return kindsOf(owner)
      .flatMap((kind) =>
        rolesAt(
          stored.filter((key) => key.kind === kind),
          moment,
        ),
      )
      .map(({ key: { id, purpose, kind }, role, since, until }) => ({
        id,
        purpose,
        kind,
        role,
        since,
        until,
      }));
  };
  return {
    async list(tenantId) {
      const lists = await Promise.all(ownersOf(tenantId).map(factsOf));
      return lists.flat();
    },
    async rotate(tenantId, { purpose, kind, inHaste }) {
      const owner = purpose === 'cookie' ? COOKIE_KEYS : signingKeysOf(tenantId);
      await ensureKeys(parts, owner);
      const kinds = kind === undefined ? kindsOf(owner) : [kind];
      return Promise.all(kinds.map((one) => rotateKind(parts, owner, { kind: one, inHaste })));
    },
    async withdraw(tenantId, id) {
      for (const owner of ownersOf(tenantId)) {
        const key = (await keys.list(owner)).find((one) => one.id === id);
        if (key === undefined) continue;
        return owner.purpose === 'digest' ? { result: 'digest' } : withdrawFound(parts, owner, key);
      }
      return { result: 'unknown' };
    },
  };
}
