import type { Account } from '#src/account/account.ts';
import { type LaneStore, type ListedLane, STRANGERS } from '#src/lockout/ports.ts';
import type { Grant, Session, Sessions } from '#src/session/ports.ts';
import type { ApplicationNames } from './application-names.ts';
import { shortName } from './short-name.ts';
import type { SettingsTurn } from './turn.ts';

/** A browser in which a person is signed in. Times in milliseconds since the epoch. */
export interface OpenSession {
  /** What it goes by on pages. */
  name: string;
  /** It is the one that asks. */
  here: boolean;
  userAgent: string | undefined;
  /** Where its sign-in came from. */
  address: string | undefined;
  signedInAt: number;
  lastUsedAt: number;
  /** Others use this computer too. */
  shared: boolean;
  /** Names of the applications that hold something in it, in the order of the alphabet. */
  applications: string[];
}

/** A browser that is known again when somebody tries to sign in there. */
export interface KnownBrowser {
  name: string;
  here: boolean;
  userAgent: string | undefined;
  firstSeenAt: number;
  lastSeenAt: number | undefined;
}

/** An application that may read something of a person. */
export interface HeldAccess {
  clientId: string;
  name: string;
  /** Every scope of every grant it holds, each once. */
  scopes: string[];
  /** When the oldest of them was given. */
  since: number;
}

/** The one that asks first, then the last used and the last seen. */
export interface Whereabouts {
  sessions: OpenSession[];
  browsers: KnownBrowser[];
}

const hereFirst = (one: { here: boolean }, other: { here: boolean }) => Number(other.here) - Number(one.here);

interface Parts {
  sessions: Pick<Sessions, 'list' | 'grants'>;
  lanes: Pick<LaneStore, 'list'>;
  applicationNames: ApplicationNames;
}

type Whose = Pick<SettingsTurn, 'tenantId' | 'session'> & { account: Pick<Account, 'id'> };

/** Which sessions, of all that a person has, is called that on pages; undefined when there is none (any more). */
export function sessionNamed(sessions: readonly Session[], name: string): Session | undefined {
  return sessions.find(({ uid, accountId }) => shortName('session', accountId, uid) === name);
}

/** Which lane is called that on pages; undefined when there is none (any more). */
export function browserNamed(lanes: readonly ListedLane[], { account }: Whose, name: string) {
  return lanes.find(({ lane }) => lane !== STRANGERS && shortName('browser', account.id, lane) === name);
}

function openSession(session: Session, { here, names }: { here: boolean; names: string[] }): OpenSession {
  const { uid, accountId, signedInAt, lastUsedAt, facts } = session;
  return {
    name: shortName('session', accountId, uid),
    here,
    userAgent: facts?.userAgent,
    address: facts?.address,
    signedInAt,
    lastUsedAt,
    shared: facts?.shared === true,
    applications: names.sort((one, other) => one.localeCompare(other)),
  };
}

function knownBrowser(lane: ListedLane, { account, session }: Whose): KnownBrowser[] {
  if (lane.lane === STRANGERS || lane.firstSeenAt === undefined) return [];
  return [
    {
      name: shortName('browser', account.id, lane.lane),
      here: lane.lane === session.facts?.browser,
      userAgent: lane.agent,
      firstSeenAt: lane.firstSeenAt,
      lastSeenAt: lane.lastSeenAt,
    },
  ];
}

function heldAccess(clientId: string, grants: readonly Grant[], name: string): HeldAccess {
  return {
    clientId,
    name,
    scopes: [...new Set(grants.flatMap(({ scopes }) => scopes))],
    since: Math.min(...grants.map(({ since }) => since)),
  };
}

/** Reads where a person is signed in, which browsers are known, and what applications hold. */
export function createWhereabouts({ sessions, lanes, applicationNames }: Parts) {
  return {
    async sessions(turn: Whose): Promise<Whereabouts> {
      const { tenantId, account, session } = turn;
      const [open, grants, known] = await Promise.all([
        sessions.list(tenantId, account.id),
        sessions.grants(tenantId, account.id),
        lanes.list(tenantId, account.id),
      ]);
      // What was withdrawn still stands in the session, and holds nothing any more.
      const held = new Set(grants.map(({ id }) => id));
      const used = ({ applications }: Session) =>
        applications.filter(({ grantId }) => grantId !== undefined && held.has(grantId));
      const clientIds = open.flatMap((one) => used(one).map(({ clientId }) => clientId));
      const nameOf = await applicationNames(tenantId, clientIds);
      return {
        sessions: open
          .map((one) =>
            openSession(one, {
              here: one.uid === session.uid,
              names: used(one).map(({ clientId }) => nameOf(clientId)),
            }),
          )
          .sort(hereFirst),
        browsers: known.flatMap((lane) => knownBrowser(lane, turn)).sort(hereFirst),
      };
    },
    async access({ tenantId, account }: Whose): Promise<HeldAccess[]> {
      const byClient = Map.groupBy(await sessions.grants(tenantId, account.id), ({ clientId }) => clientId);
      const nameOf = await applicationNames(tenantId, byClient.keys());
      return [...byClient]
        .map(([clientId, grants]) => heldAccess(clientId, grants, nameOf(clientId)))
        .sort((one, other) => one.name.localeCompare(other.name));
    },
  };
}

export type WhereaboutsReads = ReturnType<typeof createWhereabouts>;
