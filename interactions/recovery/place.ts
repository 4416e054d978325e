import { restartAddress } from '#src/tenant/restart.ts';
import { type InteractionContext, interactionPath } from '../sign-in/turn.ts';

/** A page or form of recovery, as the path table has it. */
export type RecoveryPath =
  | '/recover'
  | `/recover/${'login-name' | 'password' | 'step' | 'code' | 'question' | 'new-password' | 'link' | 'dead'}`
  | `/not-me${'' | '/done' | '/restored' | '/held' | '/dead'}`;

/** Where a recovery stands beside a sign-in: its pages lead to each other, and back to where the person came from. */
export interface RecoveryPlace {
  /** The sign-in it was opened from, else a new one. */
  signInHref: string;
  /** Where that sign-in is begun anew, by a form; undefined when there is none that waits. */
  startOverAction: string | undefined;
  /** Address of another page or form, which knows the same sign-in. `token`: of the link in a mail. */
  to(path: RecoveryPath, token?: string): string;
}

/** An interaction's own name, as oidc-provider makes it; anything else names none. */
const INTERACTION = /^[A-Za-z0-9_-]{1,64}$/;
/** What stands in a link of ours. */
const TOKEN = /^[A-Za-z0-9_-]{1,200}$/;

/** The place of pages that an open sign-in, or none, leads to. */
export function recoveryPlace(signInHref: string, from: string | undefined): RecoveryPlace {
  return {
    signInHref,
    startOverAction: from === undefined ? undefined : `${interactionPath(from)}/start-over`,
    to(path, token) {
      const query = new URLSearchParams({
        ...(token !== undefined && { token }),
        ...(from !== undefined && { from }),
      });
      return query.size === 0 ? path : `${path}?${query}`;
    },
  };
}

/** The place of a sign-in's own page. */
export function placeOfInteraction(uid: string): RecoveryPlace {
  return recoveryPlace(interactionPath(uid), uid);
}

/** The place that an address names by `from`; one that names no sign-in leads to a new one. */
export function placeOf(ctx: InteractionContext): RecoveryPlace {
  const { from } = ctx.query;
  return typeof from === 'string' && INTERACTION.test(from)
    ? placeOfInteraction(from)
    : recoveryPlace(restartAddress(ctx.state.tenant), undefined);
}

/** What stands in an address's `token`; undefined for what can't be one of ours. */
export function tokenOf(ctx: InteractionContext): string | undefined {
  const { token } = ctx.query;
  return typeof token === 'string' && TOKEN.test(token) ? token : undefined;
}
