import type { LaneStore } from '#src/lockout/ports.ts';
import type { Session, Sessions } from '#src/session/ports.ts';
import type { SettingsEvents } from '#src/settings-events.ts';
import type { SettingsTurn } from './turn.ts';
import { browserNamed, sessionNamed } from './whereabouts.ts';

interface Parts {
  sessions: Pick<Sessions, 'list' | 'end' | 'endOthers' | 'endAll' | 'withdraw'>;
  lanes: Pick<LaneStore, 'list' | 'forget'>;
  settingsEvents: Pick<SettingsEvents, 'sessionsEnded' | 'browsersForgotten' | 'accessWithdrawn'>;
}

const grantsIn = ({ applications }: Session) =>
  applications.filter(({ grantId }) => grantId !== undefined).length;

/** Sessions end with all that applications got in them. */
function createSessionEndings({ sessions, settingsEvents }: Parts) {
  return {
    /** The one that asks. */
    async here(turn: SettingsTurn): Promise<void> {
      const { tenant, account, session } = turn;
      await sessions.end(tenant, account.id, session.uid);
      const ended = { sessions: 1, grants: grantsIn(session) };
      settingsEvents.sessionsEnded(turn, { account: account.id, which: 'this', ...ended });
    },
    /** The one that goes by this name on pages. */
    async session(turn: SettingsTurn, name: string): Promise<'here' | 'elsewhere' | 'gone'> {
      const { tenant, account, session } = turn;
      const found = sessionNamed(await sessions.list(tenant.id, account.id), name);
      if (found === undefined || !(await sessions.end(tenant, account.id, found.uid))) return 'gone';
      const isHere = found.uid === session.uid;
      const ended = { sessions: 1, grants: grantsIn(found) };
      settingsEvents.sessionsEnded(turn, { account: account.id, which: isHere ? 'this' : 'one', ...ended });
      return isHere ? 'here' : 'elsewhere';
    },
    /** All but the one that asks. False when there was nothing to end. */
    async others(turn: SettingsTurn): Promise<boolean> {
      const { tenant, account, session } = turn;
      const ended = await sessions.endOthers(tenant, account.id, session.uid);
      if (ended.sessions + ended.grants === 0) return false;
      settingsEvents.sessionsEnded(turn, { account: account.id, which: 'others', ...ended });
      return true;
    },
    async all(turn: SettingsTurn): Promise<void> {
      const { tenant, account } = turn;
      const ended = await sessions.endAll(tenant, account.id);
      settingsEvents.sessionsEnded(turn, { account: account.id, which: 'all', ...ended });
    },
  };
}

/** Forgotten browsers count with strangers from now on, and a sign-in in one of them is told as a new one. */
function createForgetting({ lanes, settingsEvents }: Parts) {
  const told = (turn: SettingsTurn, browsers: number): boolean => {
    if (browsers > 0) settingsEvents.browsersForgotten(turn, { account: turn.account.id, browsers });
    return browsers > 0;
  };
  return {
    /** The one that goes by this name on pages. False when there is none (any more). */
    async browser(turn: SettingsTurn, name: string): Promise<boolean> {
      const { tenantId, account } = turn;
      const found = browserNamed(await lanes.list(tenantId, account.id), turn, name);
      return found !== undefined && told(turn, await lanes.forget(tenantId, account.id, found));
    },
    /** All but the one that asks. False when there were none. */
    async otherBrowsers(turn: SettingsTurn): Promise<boolean> {
      const { tenantId, account, session } = turn;
      return told(turn, await lanes.forget(tenantId, account.id, { allBut: session.facts?.browser }));
    },
  };
}

/**
 * Ends what a person has open: sessions, known browsers, and what applications hold. That is always safe: it asks for no
 * step anew, and a second press finds nothing more to do. Throws AppError `store-unavailable`.
 */
export function createEndings(parts: Parts) {
  const { sessions, settingsEvents } = parts;
  return {
    ...createSessionEndings(parts),
    ...createForgetting(parts),
    /** All that an application holds. False when it holds nothing (any more). */
    async access(turn: SettingsTurn, client: string): Promise<boolean> {
      const { tenant, account } = turn;
      if (!(await sessions.withdraw(tenant, account.id, client))) return false;
      settingsEvents.accessWithdrawn(turn, { account: account.id, client });
      return true;
    },
  };
}

export type Endings = ReturnType<typeof createEndings>;
