import { z } from 'zod';
import type { AccountId } from '#src/account/account.ts';
import type { Ended, Grant, Session, Sessions } from '#src/session/ports.ts';
import type { Tenant, TenantId } from '#src/tenant/tenant.ts';
import { ACCOUNT_CLIENT } from './account-client.ts';
import type { SessionLife } from './lifetimes.ts';
import type { ArtifactStore, StoredArtifact } from './ports.ts';
import { type StoredSession, storedSession } from './session-view.ts';
import type { EndedSession, TellLogout } from './tell-logout.ts';

const grantSchema = z.looseObject({
  clientId: z.string(),
  iat: z.number(),
  openid: z.object({ scope: z.string().default('') }).default({ scope: '' }),
});

/** A grant from what is kept of it; undefined for one of our own settings, which hold nothing. */
function grantOf({ id, payload }: StoredArtifact & { id: string }): Grant | undefined {
  const read = grantSchema.safeParse(payload);
  if (!read.success || read.data.clientId === ACCOUNT_CLIENT) return undefined;
  const { clientId, iat, openid } = read.data;
  return { id, clientId, scopes: openid.scope.split(' ').filter(Boolean), since: iat * 1000 };
}

interface Parts {
  artifacts: Pick<ArtifactStore, 'ofAccount' | 'destroy' | 'revokeGrant' | 'endAccount'>;
  life: SessionLife;
  tell: TellLogout;
}

/** Sessions and grants over the artifact store. What ends here, ends before anybody is told of it. */
export function createSessions({ artifacts, life, tell }: Parts): Sessions {
  const stored = async (tenantId: TenantId, accountId: AccountId): Promise<StoredSession[]> => {
    const found = await artifacts.ofAccount(tenantId, 'Session', accountId);
    return found.flatMap((artifact) => storedSession(artifact, life) ?? []);
  };

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

  /** One session with the grants that it names, also those that would outlive a sign-out (offline access). */
  const endOne = async ({ id: tenantId }: Tenant, session: StoredSession): Promise<number> => {
    await artifacts.destroy(tenantId, 'Session', session.id);
    const ids = session.applications.flatMap(({ grantId }) => grantId ?? []);
    await Promise.all(ids.map((grantId) => artifacts.revokeGrant(tenantId, grantId)));
    return ids.length;
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
      // Two requests at once may each have moved it to an id of its own.
      const named = (await stored(tenant.id, accountId)).filter((one) => one.uid === uid);
      if (named.length === 0) return false;
      for (const session of named) await endOne(tenant, session);
      await tell(endedOf(tenant, named));
      return true;
    },
    async endOthers(tenant, accountId, but): Promise<Ended> {
      const all = await stored(tenant.id, accountId);
      const own = all.filter(({ uid }) => uid === but);
      const others = all.filter(({ uid }) => uid !== but);
      for (const session of others) await endOne(tenant, session);
      const kept = new Set(own.flatMap(({ applications }) => applications.map(({ grantId }) => grantId)));
      const left = (await grants(tenant.id, accountId)).filter(({ id }) => !kept.has(id));
      await Promise.all(left.map(({ id }) => artifacts.revokeGrant(tenant.id, id)));
      await tell([
        ...endedOf(tenant, others),
        ...offlineOf(tenant, accountId, { held: left, sessions: all }),
      ]);
      const named = others.flatMap(({ applications }) =>
        applications.flatMap(({ grantId }) => grantId ?? []),
      );
      return { sessions: others.length, grants: new Set([...named, ...left.map(({ id }) => id)]).size };
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
