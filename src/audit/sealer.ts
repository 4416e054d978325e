import type { Clock } from '#src/clock.ts';
import type { Log } from '#src/log.ts';
import type { Digester } from '#src/secret/ports.ts';
import type { TenantId } from '#src/tenant/tenant.ts';
import type { AuditSealStore } from './ports.ts';
import { makeSeal } from './seal.ts';

/** Milliseconds between two rounds: with what a round takes well within the 5 seconds of the policy. */
const EVERY_MS = 2_000;
/** Events under one seal: a few milliseconds of work. */
const MOST = 500;

export interface SealerParts {
  seals: Pick<AuditSealStore, 'tenantsToSeal' | 'sealNext'>;
  digester: Digester;
  clock: Clock;
  log: Log;
  everyMs?: number | undefined;
}

/** Seals what was recorded. Disposing ends its rounds with a last one. */
export interface AuditSealer extends AsyncDisposable {
  /** A round now, after one that is under way. Throws AppError `store-unavailable` when the store can't answer. */
  seal(): Promise<void>;
}

/** Seals everything of one tenant that waits for it; says how many events. */
export async function sealTenant(
  { seals, digester, clock }: Pick<SealerParts, 'seals' | 'digester' | 'clock'>,
  tenantId: TenantId,
): Promise<number> {
  let sealed = 0;
  for (;;) {
    const some = await seals.sealNext(tenantId, MOST, (makings) => makeSeal(makings, clock.now(), digester));
    sealed += some;
    if (some < MOST) return sealed;
  }
}

/** Seals every few seconds. Any number of processes may; of one tenant's events one seals at a time. */
export function openAuditSealer(parts: SealerParts): AuditSealer {
  const { seals, log, everyMs = EVERY_MS } = parts;
  let last = Promise.resolve();
  let queued = 0;
  let away = false;

  const round = async () => {
    for (const tenantId of await seals.tenantsToSeal()) await sealTenant(parts, tenantId);
  };
  const seal = () => {
    queued += 1;
    const turn = last.then(round).finally(() => {
      queued -= 1;
    });
    last = turn.catch(() => {});
    return turn;
  };
  const quietly = async () => {
    try {
      await seal();
      away = false;
    } catch (err) {
      // One line an outage, not one every few seconds.
      if (!away) log.warn({ err }, 'the audit log can not be sealed; it goes on as soon as it can');
      away = true;
    }
  };
  // A slow round takes the place of the next ones.
  const timer = setInterval(() => queued === 0 && quietly(), everyMs).unref();
  return {
    seal,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await quietly();
    },
  };
}
