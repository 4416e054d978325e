import type { AccountId } from '#src/account/account.ts';
import type { TenantId } from '#src/tenant/tenant.ts';
import type { Channel, DeliveryFault, DeliveryState } from './ports.ts';

/** Something to be sent, or done, behind the back of whoever asked for it. `id` makes putting it twice the same as once. */
export interface QueueItem {
  /** A random UUID, or one derived from what caused it: the idempotency key. */
  id: string;
  tenantId: TenantId;
  /** Whom it is about; undefined where that is still to be found out. */
  accountId: AccountId | undefined;
  /** Which handler it is for: `message`, `recovery`. */
  kind: string;
  /** JSON text that the handler reads by its own schema. Sealed at rest, wiped when it is over. */
  payload: string;
  /** What operators and the help desk may see of where it goes: the channel, and the last digits of a number. */
  channel?: Channel | undefined;
  ending?: string | undefined;
  /** Milliseconds since the epoch. After `expiresAt` it is of no use to anybody, and dead. */
  createdAt: number;
  expiresAt: number;
}

/** An item that this process is to deal with until its lease ends. */
export interface ClaimedItem extends QueueItem {
  /** This try counted, from 1. */
  attempts: number;
  /** No key opens what it says: `payload` is empty. */
  unreadable: boolean;
}

/** What a person, an operator or the help desk may know of one item. */
export interface DeliveryRecord {
  id: string;
  kind: string;
  channel: Channel | undefined;
  ending: string | undefined;
  state: 'waiting' | 'done' | 'dead';
  attempts: number;
  createdAt: number;
  endedAt: number | undefined;
  supplier: string | undefined;
  /** What the supplier told later. */
  deliveryState: DeliveryState | undefined;
  fault: string | undefined;
}

/** How full the queue is with items of one kind, over all tenants. */
export interface QueueDepth {
  kind: string;
  waiting: number;
  dead: number;
  /** When the oldest that waits was put in; undefined for none. */
  oldestAt: number | undefined;
}

/** The durable queue. Every method throws AppError `store-unavailable` when the store can't answer. */
export interface QueueStore {
  /** Keeps items, one statement for each tenant; one whose id is there already is left as it is. */
  put(items: readonly QueueItem[]): Promise<void>;
  /** Takes up to `most` due items of any tenant, oldest first; nobody else gets them until `leaseUntil`. */
  claim(of: { at: number; leaseUntil: number; most: number }): Promise<ClaimedItem[]>;
  /** It is over and well: the payload is wiped. */
  done(
    item: ClaimedItem,
    of: { at: number; supplier?: string | undefined; delivery?: string | undefined },
  ): Promise<void>;
  /** To be tried again. */
  retry(item: ClaimedItem, of: { nextAt: number; fault: string }): Promise<void>;
  /** Nobody tries it again: the payload is wiped, the fault stays. */
  dead(item: ClaimedItem, of: { at: number; fault: string }): Promise<void>;
  /** Of each kind that has an item waiting or dead, in one look; a newer version's kinds too. */
  depth(): Promise<QueueDepth[]>;
  /** The last ones about an account, newest first. */
  ofAccount(tenantId: TenantId, accountId: AccountId, limit: number): Promise<DeliveryRecord[]>;
  /** What a supplier told of a message that left by the queue; gives whose it is, undefined when it is none of ours. */
  report(
    tenantId: TenantId,
    delivery: string,
    state: DeliveryState,
  ): Promise<{ accountId: AccountId | undefined } | undefined>;
}

/** What came of dealing with an item. `retry`: it may go better later; `dead`: it never will. */
export type Handled =
  | { kind: 'done'; supplier?: string | undefined; delivery?: string | undefined }
  | { kind: 'retry' | 'dead'; fault: DeliveryFault | string };

/** Deals with one kind of item. Done twice it must come to the same (a crash after the last step). */
export type QueueHandler = (item: ClaimedItem) => Promise<Handled>;

/** Where the rest of the house puts what is to be sent. */
export interface MessageQueue {
  /**
   * Keeps items durably. This process begins with them at once; with `rest`, it looks for them only so many milliseconds of
   * real time later, unless it or another process happens to look before.
   */
  put(items: readonly QueueItem[], of?: { rest?: number }): Promise<void>;
}
