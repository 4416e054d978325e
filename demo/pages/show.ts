import type { Context } from 'koa';
import type { Clock } from '#src/clock.ts';
import { seeOther } from '../http/see-other.ts';
import type { Visitor, Visitors } from '../http/visitor.ts';
import { identityOf } from '../identity.ts';
import type { RelyingParty } from '../relying-party.ts';
import type { Draw } from './draw.ts';
import { drawEmployees } from './employees.ts';
import type { Html } from './html.ts';
import { drawLanding } from './landing.ts';
import type { MENU, Step } from './layout.ts';
import { drawManuals } from './manuals.ts';
import { drawNoAccess } from './no-access.ts';
import { drawOverview } from './overview.ts';
import { drawSettings } from './settings.ts';
import { drawTasks } from './tasks.ts';
import { drawWho } from './who.ts';

type Key = (typeof MENU)[number]['key'];

const STEPS: Readonly<Record<Key, Step>> = {
  absence: 'overview',
  employees: 'employees',
  tasks: 'tasks',
  manuals: 'manuals',
  settings: 'settings',
};

/** What the pages need. */
export interface ShowPages {
  draw: Draw;
  visitors: Visitors;
  relyingParty: Pick<RelyingParty, 'accountPage'>;
  clock: Clock;
}

/** Makes the handlers of the pages that only show something. */
export function createShowPages({ draw, visitors, relyingParty, clock }: ShowPages) {
  const contents: Readonly<Record<Key, (visitor: Visitor) => Html>> = {
    absence: (visitor) => drawOverview(visitor, drawWho(visitor, clock.now()), clock.now()),
    employees: ({ words, language }) => drawEmployees(words, language),
    tasks: ({ words }) => drawTasks(words),
    manuals: ({ words }) => drawManuals(words),
    settings: ({ words }) => drawSettings(words),
  };

  return {
    /**
     * Home is a landing page for strangers; every other page sends them to sign in and back. Settings are the provider's,
     * also for people without a role; our own page stands in while it names none.
     */
    page: (key: Key) => async (ctx: Context) => {
      const { session } = visitors.of(ctx);
      if (session === undefined) {
        if (key !== 'absence') return seeOther(ctx, `/login?target_link_uri=${encodeURIComponent(ctx.path)}`);
        return draw(ctx, 200, ({ words }) => ({
          step: 'home',
          title: words.landing.title,
          body: drawLanding(words, false),
        }));
      }
      if (key === 'settings') {
        const found = await relyingParty.accountPage();
        if (found.ok && found.value !== undefined) return seeOther(ctx, found.value);
      }
      const mayLook = identityOf(session.signedIn).roles.length > 0;
      return draw(ctx, 200, (visitor) => ({
        step: mayLook ? STEPS[key] : 'no-access',
        title: visitor.words.menu[key],
        body: mayLook ? contents[key](visitor) : drawNoAccess(visitor, drawWho(visitor, clock.now())),
      }));
    },

    /** Where the provider sends people after signing out; somebody who is signed in after all goes home. */
    signedOut: async (ctx: Context) => {
      if (visitors.of(ctx).session !== undefined) return seeOther(ctx, '/');
      return draw(ctx, 200, ({ words }) => ({
        step: 'signed-out',
        title: words.landing.signedOut,
        body: drawLanding(words, true),
      }));
    },
  };
}
