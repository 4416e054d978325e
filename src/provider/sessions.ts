import { z } from 'zod';
import type { AccountId } from '#src/account/account.ts';
import type { Ended, Grant, Session, Sessions } from '#src/session/ports.ts';
import type { Tenant, TenantId } from '#src/tenant/tenant.ts';
import { ACCOUNT_CLIENT } from './account-client.ts';
import type { SessionLife } from './lifetimes.ts';
import type { ArtifactStore, NamedArtifact, SessionsToEnd, StoredArtifact } from './ports.ts';
import { type StoredSession, storedSession } from './session-view.ts';
import type { EndedSession, TellLogout } from './tell-logout.ts';

const grantSchema = z.looseObject({
  clientId: z.string(),
  iat: z.number(),
  openid: z.object({ scope: z.string().default('') }).default({ scope: '' }),
});

/** A grant from what is kept of it; undefined for one of our own settings, which hold nothing. */
function grantOf({ id, payload }: NamedArtifact): Grant | undefined {
  const read = grantSchema.safeParse(payload);
  if (!read.success || read.data.clientId === ACCOUNT_CLIENT) return undefined;
  const { clientId, iat, openid } = read.data;
  return { id, clientId, scopes: openid.scope.split(' ').filter(Boolean), since: iat * 1000 };
}

interface Parts {
  artifacts: Pick<ArtifactStore, 'ofAccount' | 'endSessions' | 'revokeGrant' | 'endAccount'>;
  life: SessionLife;
  tell: TellLogout;
}

/** Sessions and grants over the artifact store. What ends here, ends before anybody is told of it. */
export function createSessions({ artifacts, life, tell }: Parts): Sessions {
  const sessionsIn = (found: readonly StoredArtifact[]): StoredSession[] =>
    found.flatMap((artifact) => storedSession(artifact, life) ?? []);

  const stored = async (tenantId: TenantId, accountId: AccountId): Promise<StoredSession[]> =>
    sessionsIn(await artifacts.ofAccount(tenantId, 'Session', accountId));

  const grants = async (tenantId: TenantId, accountId: AccountId): Promise<Grant[]> => {
    const found = await artifacts.ofAccount(tenantId, 'Grant', accountId);
    return found.flatMap((artifact) => grantOf(artifact) ?? []).sort((a, b) => b.since - a.since);
  };

  const endedOf = ({ id: tenantId, issuer }: Tenant, sessions: readonly Session[], client?: string) =>
    sessions.flatMap(({ accountId, applications }) =>
      applications
        .filter(({ clientId }) => client === undefined || clientId === client)
        .map((application) => ({ tenantId, issuer, accountId, ...application })),
    );

  /** Grants of applications that are in none of these sessions: what hung on them was offline access. */
  const offlineOf = (
    { id: tenantId, issuer }: Tenant,
    accountId: AccountId,
    { held, sessions }: { held: readonly Grant[]; sessions: readonly Session[] },
  ): EndedSession[] => {
    const named = new Set(
      sessions.flatMap(({ applications }) => applications.map(({ clientId }) => clientId)),
    );
    return held
      .filter(({ clientId }) => !named.has(clientId))
      .map(({ id: grantId, clientId }) => ({
        ...{ tenantId, issuer, accountId, clientId, grantId },
        sid: undefined,
      }));
  };

  /**
   * Sessions with the grants that they name, also those that would outlive a sign-out (offline access). In one step: a
   * request under way may move a session to another id between a look and an end.
   */
  const end = async (
    { id: tenantId }: Tenant,
    accountId: AccountId,
    which: SessionsToEnd,
  ): Promise<{ ended: StoredSession[]; grantIds: string[] }> => {
    const ended = sessionsIn(await artifacts.endSessions(tenantId, accountId, which));
    const named = ended.flatMap(({ applications }) => applications.flatMap(({ grantId }) => grantId ?? []));
    const grantIds = [...new Set(named)];
    await Promise.all(grantIds.map((grantId) => artifacts.revokeGrant(tenantId, grantId)));
    return { ended, grantIds };
  };

  return {
    async list(tenantId, accountId) {
      const found = await stored(tenantId, accountId);
      return found
        .map(({ id: _key, ...session }) => session)
        .sort((one, other) => other.lastUsedAt - one.lastUsedAt);
    },
    grants,
    async end(tenant, accountId, uid) {
      const { ended } = await end(tenant, accountId, { uid, end: 'this' });
      if (ended.length === 0) return false;
      await tell(endedOf(tenant, ended));
      return true;
    },
    async endOthers(tenant, accountId, but): Promise<Ended> {
      const { ended, grantIds } = await end(tenant, accountId, { uid: but, end: 'others' });
      const own = (await stored(tenant.id, accountId)).filter(({ uid }) => uid === but);
      const kept = new Set(own.flatMap(({ applications }) => applications.map(({ grantId }) => grantId)));
      const left = (await grants(tenant.id, accountId)).filter(({ id }) => !kept.has(id));
      await Promise.all(left.map(({ id }) => artifacts.revokeGrant(tenant.id, id)));
      await tell([
        ...endedOf(tenant, ended),
        ...offlineOf(tenant, accountId, { held: left, sessions: [...own, ...ended] }),
      ]);
      return { sessions: ended.length, grants: new Set([...grantIds, ...left.map(({ id }) => id)]).size };
    },
    async endAll(tenant, accountId): Promise<Ended> {
      const [sessions, held] = await Promise.all([
        stored(tenant.id, accountId),
        grants(tenant.id, accountId),
      ]);
      const ended = await artifacts.endAccount(tenant.id, accountId);
      await tell([...endedOf(tenant, sessions), ...offlineOf(tenant, accountId, { held, sessions })]);
      return ended;
    },
    async withdraw(tenant, accountId, clientId) {
      const [sessions, held] = await Promise.all([
        stored(tenant.id, accountId),
        grants(tenant.id, accountId),
      ]);
      const theirs = held.filter((grant) => grant.clientId === clientId);
      if (theirs.length === 0) return false;
      await Promise.all(theirs.map(({ id }) => artifacts.revokeGrant(tenant.id, id)));
      const offline = offlineOf(tenant, accountId, { held: theirs, sessions });
      await tell([...endedOf(tenant, sessions, clientId), ...offline]);
      return true;
    },
  };
}
