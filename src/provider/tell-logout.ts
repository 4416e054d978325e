import { z } from 'zod';
import type { Clock } from '#src/clock.ts';
import { derivedId } from '#src/message/derived-id.ts';
import type { MessageQueue, QueueItem } from '#src/message/queue-ports.ts';
import type { TenantId } from '#src/tenant/tenant.ts';

/** Kind of the items that tell an application. */
export const LOGOUT_KIND = 'back-channel-logout';

/** Milliseconds after which an application is told no more: more than twice as long as a session lives here. */
export const LOGOUT_LIFE = 24 * 60 * 60_000;

/** A session that an application is to hear of: it ended. */
export interface EndedSession {
  tenantId: TenantId;
  issuer: string;
  accountId: string;
  clientId: string;
  /** Undefined: whatever the application has of this person. */
  sid: string | undefined;
  /** What the application held in it. */
  grantId: string | undefined;
}

/** Tells applications that sessions ended, behind the back of whoever ended them. */
export type TellLogout = (ended: readonly EndedSession[]) => Promise<void>;

const noticeSchema = z.object({
  issuer: z.string(),
  accountId: z.string(),
  clientId: z.string(),
  sid: z.string().optional(),
});

/** What an item says. */
export type LogoutNotice = z.infer<typeof noticeSchema>;

/** Undefined for what another version of the product put in. */
export function readNotice(payload: string): LogoutNotice | undefined {
  try {
    return noticeSchema.parse(JSON.parse(payload));
  } catch {
    return undefined;
  }
}

/** One for each session at an application and what it held there: told once, however often it is ended. */
function noticeOf(
  { tenantId, issuer, accountId, clientId, sid, grantId }: EndedSession,
  createdAt: number,
): QueueItem {
  return {
    id: derivedId(LOGOUT_KIND, tenantId, accountId, clientId, sid ?? '', grantId ?? ''),
    ...{ tenantId, accountId, kind: LOGOUT_KIND, createdAt, expiresAt: createdAt + LOGOUT_LIFE },
    payload: JSON.stringify({ issuer, accountId, clientId, sid } satisfies LogoutNotice),
  };
}

/** An application's metadata, as far as it is looked at. */
type Hearer = Readonly<{ backchannel_logout_uri?: unknown; [name: string]: unknown }>;

export interface TellLogoutParts {
  queue: Pick<MessageQueue, 'put'>;
  /** Applications of the configuration, by client id; those of other tenants than its own are none. */
  configured(tenantId: TenantId): ReadonlyMap<string, Hearer>;
  /** Those that operators registered. */
  clients: { find(tenantId: TenantId, clientId: string): Promise<Hearer | undefined> };
  clock: Clock;
}

/**
 * Puts an item into the queue for each application that registered an address to be told at; the others take no room in
 * it. Throws AppError `store-unavailable`: then nobody is told.
 */
export function createTellLogout({ queue, configured, clients, clock }: TellLogoutParts): TellLogout {
  const hears = async (tenantId: TenantId, clientId: string): Promise<boolean> => {
    const client = configured(tenantId).get(clientId) ?? (await clients.find(tenantId, clientId));
    return client?.backchannel_logout_uri !== undefined;
  };
  return async (ended) => {
    const hearing = new Map<string, Promise<boolean>>();
    for (const { tenantId, clientId } of ended) {
      const key = JSON.stringify([tenantId, clientId]);
      if (!hearing.has(key)) hearing.set(key, hears(tenantId, clientId));
    }
    const heard = await Promise.all(
      ended.map(({ tenantId, clientId }) => hearing.get(JSON.stringify([tenantId, clientId]))),
    );
    const now = clock.now();
    const items = ended.filter((_one, index) => heard[index]).map((one) => noticeOf(one, now));
    if (items.length > 0) await queue.put(items);
  };
}
