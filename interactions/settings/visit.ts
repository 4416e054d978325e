import type { z } from 'zod';
import type { Account } from '#src/account/account.ts';
import type { AccountStore } from '#src/account/ports.ts';
import type { Clock } from '#src/clock.ts';
import { ACCOUNT_PATH } from '#src/provider/account-client.ts';
import type { SessionGateway } from '#src/provider/session-gateway.ts';
import { secretHash } from '#src/secret/secret-hash.ts';
import { isFresh } from '#src/session/freshness.ts';
import { outlivesPassword } from '#src/session/outlives-password.ts';
import type { Session } from '#src/session/ports.ts';
import type { TaskKeeper } from '#src/settings/task-keeper.ts';
import type { SettingsTurn } from '#src/settings/turn.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import type { Frames } from '../frame.ts';
import { type InteractionContext, seeOther } from '../sign-in/turn.ts';
import type { PageFrame } from '../views/page.ts';
import { type DoneKey, takeDone } from './done.ts';
import { RESUMED, typedOf } from './typed.ts';

export interface VisitParts {
  frames: Frames;
  sessionsOf(tenant: Tenant): Promise<SessionGateway>;
  accounts: Pick<AccountStore, 'findById'>;
  tasks: TaskKeeper;
  /** How old a sign-in may be that changes how somebody signs in; milliseconds. */
  freshMs: number;
  clock: Clock;
}

/** A request of a person who is signed in to their own settings. */
export interface SettingsVisit {
  turn: SettingsTurn;
  frame: PageFrame;
  gateway: SessionGateway;
  /** Names this sign-in in every form, so that a page of another one changes nothing. */
  stamp: string;
  /** Both steps are fresh enough to change how the person signs in. */
  fresh: boolean;
  /** What was just done, to be told once. */
  done: DoneKey | undefined;
  /** The person comes back from giving both steps again. */
  resumed: boolean;
  /** Others use this computer too. */
  shared: boolean;
  /** What a form of this page had brought when both steps had to be given again. */
  typed<Form>(schema: z.ZodType<Form>): Promise<Form | undefined>;
}

/** Long enough that no two sign-ins of one browser share it. */
const STAMP_LENGTH = 22;

/** The name that everybody may know of a session: it opens nothing. */
function stampOf({ uid, accountId }: Session): string {
  return secretHash(`settings ${accountId} ${uid}`).slice(0, STAMP_LENGTH);
}

/** Whether a session is still its person's: not closed since, and not begun with a password that is no more. */
function stands(account: Account | undefined, { uid, signedInAt, facts }: Session): account is Account {
  if (account === undefined || account.disabledAt !== undefined || account.suspendedAt !== undefined) {
    return false;
  }
  return outlivesPassword(account, { uid, signedInAt, passwordSince: facts?.passwordSince });
}

/** The visit of a person who is signed in; undefined for anybody else. */
export async function openVisit(
  ctx: InteractionContext,
  { frames, sessionsOf, accounts, tasks, freshMs, clock }: VisitParts,
): Promise<SettingsVisit | undefined> {
  const { tenant, reference, address, userAgent } = ctx.state;
  const gateway = await sessionsOf(tenant);
  const session = await gateway.current(ctx.req, ctx.res);
  if (session === undefined) return undefined;
  const account = await accounts.findById(tenant.id, session.accountId);
  if (!stands(account, session)) return undefined;
  const frame = frames({
    req: ctx.req,
    context: ctx.state,
    back: ctx.method === 'GET' ? ctx.path : ACCOUNT_PATH,
    uiLocales: account.locale,
  });
  const stamp = stampOf(session);
  const resumed = ctx.query[RESUMED] !== undefined;
  const at = { tenantId: tenant.id, tenant, reference, address, userAgent, locale: frame.locale };
  const turn: SettingsTurn = { ...at, interaction: stamp, account, session };
  return {
    turn,
    frame,
    gateway,
    stamp,
    fresh: isFresh(session, clock.now(), freshMs),
    done: takeDone(ctx),
    resumed,
    shared: session.facts?.shared === true,
    typed: (schema) => (resumed ? typedOf(tasks, turn, ctx.path, schema) : Promise.resolve(undefined)),
  };
}

/** Leads to a sign-in that comes back to a page of the settings. `again`: both steps, also where somebody is signed in. */
export function signInFor(
  ctx: InteractionContext,
  gateway: Pick<SessionGateway, 'signInAddress'>,
  wish: { back: string; again: boolean },
): void {
  seeOther(ctx, gateway.signInAddress(wish));
}
