import { keyOf } from '#adapters/redis/keys.ts';
import type { ClusterSet } from './redis-topologies.ts';

/** A tenant's slot on its way from one node of a cluster to the next, by their places in the set. */
export interface SlotMove {
  slot: number;
  from: number;
  to: number;
}

/** Who holds a tenant's slot, and who will. */
export async function planMove({ admins, ids }: ClusterSet, tenantId: string): Promise<SlotMove> {
  const [first] = admins;
  if (first === undefined) throw new Error('a cluster without nodes');
  const slot = Number(await first.cluster('KEYSLOT', keyOf.flow(tenantId, 'f')));
  const ranges = await first.cluster('SLOTS');
  const range = ranges.find(([start, end]) => Number(start) <= slot && slot <= Number(end));
  const [, , owner] = range ?? [];
  const from = ids.indexOf(Array.isArray(owner) ? String(owner[2]) : '');
  if (from < 0) throw new Error(`nobody holds slot ${slot}`);
  return { slot, from, to: (from + 1) % ids.length };
}

function sides({ admins, ids }: ClusterSet, { from, to }: SlotMove) {
  const [source, target, sourceId, targetId] = [admins[from], admins[to], ids[from], ids[to]];
  if (source === undefined || target === undefined || sourceId === undefined || targetId === undefined) {
    throw new Error('a move between nodes that are not there');
  }
  return { source, target, sourceId, targetId };
}

/** From now on the slot is in two places. */
export async function beginMove(cluster: ClusterSet, move: SlotMove): Promise<void> {
  const { source, target, sourceId, targetId } = sides(cluster, move);
  await target.call('CLUSTER', 'SETSLOT', move.slot, 'IMPORTING', sourceId);
  await source.call('CLUSTER', 'SETSLOT', move.slot, 'MIGRATING', targetId);
}

/** Moves some of the keys that are still in the old place; all of them unless told how many. */
export async function moveKeys(cluster: ClusterSet, move: SlotMove, count = 1_000): Promise<void> {
  const { source } = sides(cluster, move);
  const port = cluster.ports[move.to] ?? 0;
  const keys = await source.cluster('GETKEYSINSLOT', move.slot, count);
  for (const key of keys) await source.call('MIGRATE', '127.0.0.1', port, '', 0, 5_000, 'KEYS', key);
}

/** The slot has one place again; every node knows it. */
export async function endMove(cluster: ClusterSet, move: SlotMove): Promise<void> {
  const { targetId, source, target } = sides(cluster, move);
  const others = cluster.admins.filter((admin) => admin !== source && admin !== target);
  for (const admin of [target, source, ...others]) {
    await admin.call('CLUSTER', 'SETSLOT', move.slot, 'NODE', targetId);
  }
}
